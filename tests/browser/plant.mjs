// A plant of real processes (plant_server.py), for one story.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import path from "node:path";

const root = process.env.MILLRACE_ROOT;

export class Plant {
  constructor(options) {
    const settings = { orders: 2, batch_seconds: 1, ...options };
    this.child = spawn(process.env.PYTHON ?? "/usr/bin/python3", [
      path.join(root, "tests/browser/plant_server.py"), root, JSON.stringify(settings),
    ], { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => this.child.on("exit", resolve));
  }

  async next() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error("the plant did not start");
    return JSON.parse(value);
  }

  async start() {
    Object.assign(this, await this.next());
    return this;
  }

  /** kill, start or log, of a process. */
  async tell(order, name) {
    this.child.stdin.write(`${order} ${name}\n`);
    return this.next();
  }

  async odooFaults(faults) {
    return post(`${this.odoo}/sim/faults`, faults);
  }

  async orderInOdoo(name) {
    return (await (await fetch(`${this.odoo}/sim/ledger`)).json()).orders[name];
  }

  /** Ends all processes; leaves the logs unless it went well. */
  async stop(good) {
    this.child.stdin.end(good ? "good\n" : "");
    await this.ended;
  }
}

async function post(url, body) {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}
