import type { Overview } from "../api/shapes";
import { number } from "../format";
import { Store, useStore } from "../store";
import { named, t } from "../texts";

// Odoo → queue → PLC → production → Odoo, as a picture. The same in words stands
// beside it for those who do not see it.

type Health = "good" | "warn" | "bad";

interface Station {
  name: string;
  count: number | null;
  what: string;
  health: Health;
  healthText: string;
}

const narrow = new Store(matchMedia("(max-width: 700px)").matches);
matchMedia("(max-width: 700px)").addEventListener("change", (event) => narrow.set(event.matches));

const goodStates = new Set(["online"]);

function serviceAway(view: Overview, ...names: string[]): string | null {
  if (!view.parts.broker) return t("broker_away");
  const away = names.find((name) => !goodStates.has(view.parts.services[name]?.status ?? "unknown"));
  return away ? t("part_away", { part: away, status: named("service", view.parts.services[away]?.status ?? "unknown") }) : null;
}

/** Null: not known, batch-store is away. */
function sumOf(view: Overview, ...states: string[]): number | null {
  const known = view.lines.flatMap(({ counts }) => (counts ? [counts] : []));
  if (known.length === 0) return null;
  return known.reduce((total, counts) => total + states.reduce((sum, state) => sum + (counts[state] ?? 0), 0), 0);
}

function odooAway(view: Overview): string | null {
  const unreachable = view.alerts?.some((alert) => alert.kind === "odoo_unreachable");
  return serviceAway(view, "odoo-gateway") ?? (unreachable ? t("odoo_away") : null);
}

function plcAway(view: Overview): string | null {
  const silent = view.lines.filter((line) => line.reachable === false).map((line) => line.line);
  return serviceAway(view, "plc-gateway") ?? (silent.length > 0 ? t("plc_silent", { lines: silent.join(", ") }) : null);
}

function station(name: string, count: number | null, what: string, away: string | null, warning = ""): Station {
  const health = away ? "bad" : warning ? "warn" : "good";
  return { name, count, what, health, healthText: away ?? (warning || t("part_fine")) };
}

export function stations(view: Overview): Station[] {
  const store = serviceAway(view, "batch-store");
  const held = sumOf(view, "held");
  const failed = sumOf(view, "failed");
  return [
    station(t("flow_odoo"), null, t("flow_odoo_what"), odooAway(view)),
    station(t("flow_queue"), sumOf(view, "staged"), t("flow_queue_what"), store, held ? t("n_held", { n: held }) : ""),
    station(t("flow_plc"), sumOf(view, "written"), t("flow_plc_what"), plcAway(view)),
    station(t("flow_production"), sumOf(view, "running"), t("flow_production_what"), plcAway(view), failed ? t("n_failed", { n: failed }) : ""),
    station(t("flow_booking"), sumOf(view, "completed", "pushed", "cancelled"), t("flow_booking_what"), odooAway(view)),
    station(t("flow_done"), view.archived_today, t("flow_done_what"), store),
  ];
}

const signs: Record<Health, string> = {
  good: "M-5 0l3.500 3.500 7-7.500",
  warn: "M0-6L7 6H-7zM0-2v4M0 4v.1",
  bad: "M-3-6h6l3 3v6l-3 3h-6l-3-3v-6zM-2.500-2.500l5 5M2.500-2.500l-5 5",
};

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

function StationBox({ one, box }: { one: Station; box: Box }) {
  const tall = box.h > 100;
  const middle = box.x + box.w / 2;
  return (
    <g class={`station ${one.health}`}>
      <rect x={box.x} y={box.y} width={box.w} height={box.h} rx={8} />
      <g class="sign" transform={tall ? `translate(${middle} ${box.y + 122})` : `translate(${box.x + box.w - 24} ${box.y + 22})`}>
        <path d={signs[one.health]} />
      </g>
      <text class="name" x={tall ? middle : box.x + 14} y={box.y + 25} text-anchor={tall ? "middle" : "start"}>
        {one.name}
      </text>
      <text class="count" x={tall ? middle : box.x + 14} y={tall ? box.y + 74 : box.y + 62} text-anchor={tall ? "middle" : "start"}>
        {one.count === null ? "" : number(one.count)}
      </text>
      <text class="what" x={tall ? middle : box.x + 70} y={tall ? box.y + 98 : box.y + 60} text-anchor={tall ? "middle" : "start"}>
        {one.what}
      </text>
    </g>
  );
}

function Picture({ all, upright }: { all: Station[]; upright: boolean }) {
  const box = (i: number): Box =>
    upright ? { x: 4, y: 4 + i * 106, w: 332, h: 78 } : { x: 4 + i * 200, y: 4, w: 164, h: 140 };
  const arrow = (i: number) => {
    const from = box(i);
    return upright
      ? `M170 ${from.y + from.h + 3}v20m-6-7l6 7 6-7`
      : `M${from.x + from.w + 4} 74h27m-8-7l8 7-8 7`;
  };
  return (
    <svg class="flow" viewBox={upright ? `0 0 340 ${all.length * 106 - 20}` : `0 0 ${all.length * 200 - 28} 148`} aria-hidden="true">
      {all.map((one, i) => (
        <g key={one.name}>
          <StationBox one={one} box={box(i)} />
          {i < all.length - 1 && <path class="arrow" d={arrow(i)} />}
        </g>
      ))}
    </svg>
  );
}

export function Flow({ view }: { view: Overview }) {
  const upright = useStore(narrow);
  const all = stations(view);
  const wrong = all.filter((one) => one.health !== "good");
  return (
    <>
      <Picture all={all} upright={upright} />
      <ul class="unseen">
        {all.map((one) => (
          <li key={one.name}>
            {one.name}: {one.count === null ? "" : number(one.count)} {one.what}. {one.healthText}
          </li>
        ))}
      </ul>
      {wrong.length > 0 && (
        <ul class="flow-notes" aria-hidden="true">
          {wrong.map((one) => (
            <li key={one.name} class={one.health}>
              <b>{one.name}</b>: {one.healthText}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
