"""A plant for the browser's stories: started with options as JSON, told by lines
on stdin ("kill NAME", "start NAME", "log NAME"; end of file: stop), each answered by a line of JSON."""

import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(sys.argv[1]) / "deploy" / "demo"))
# pylint: disable=wrong-import-position
from plant import Plant, new_folder  # noqa: E402


def say(**what):
    print(json.dumps(what), flush=True)


def obey(plant, order, name):
    if order == "kill":
        plant.processes[name].kill()
        say(done=order)
    elif order == "start":
        plant.restart(name)
        say(done=order)
    elif order == "log":
        say(log=plant.processes[name].log())


def main():
    plant = Plant(new_folder(), **json.loads(sys.argv[2]))
    good = False
    try:
        plant.start()
        say(url=plant.admin_url + "/", odoo=plant.odoo_http, plc=plant.plc_http)
        for line in sys.stdin:
            if line.strip() == "good":
                good = True
                break
            obey(plant, *line.split())
    finally:
        late = plant.stop()
        if good and not late:
            shutil.rmtree(plant.folder, ignore_errors=True)
        else:
            print(f"logs in {plant.folder} {late}", file=sys.stderr)


if __name__ == "__main__":
    main()
