"""What does a command do that arrives long after its time?"""

import queue
import unittest

import paho.mqtt.client as mqtt

from plant_case import PlantCase


class OldMessages(PlantCase):
    def client(self, plant, user):
        client = mqtt.Client(client_id=f"old-{user}", protocol=mqtt.MQTTv5)
        client.username_pw_set(user, plant.mqtt_password(user))
        client.connect("127.0.0.1", plant.mqtt_port)
        client.loop_start()
        self.addCleanup(client.loop_stop)
        return client

    def test_an_old_queue_is_not_written_again_by_a_new_plc_gateway(self):
        commands = queue.Queue()

        def listen(plant):
            client = self.client(plant, "plc-gateway")
            client.on_message = lambda _client, _data, message: commands.put(message)
            client.subscribe("millrace/v1/PLC01/_cmd/plc-gateway/plc.write", qos=1)
        plant = self.plant(orders=2, before_services=listen, services={"COMMAND_REPEAT": "60s"})
        old = commands.get(timeout=30)
        self.wait_archived(plant, 2)
        plant.restart_service("plc-gateway")
        self.wait(plant.all_online, "plc-gateway is back")
        self.client(plant, "batch-store").publish(old.topic, old.payload, qos=1).wait_for_publish()
        self.wait(lambda: "plc.write_not_wanted" in plant.processes["plc-gateway"].log(), "the old command is refused")
        self.assert_agreement(plant)


if __name__ == "__main__":
    unittest.main()
