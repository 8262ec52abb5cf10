import type { Dosing } from "../api/shapes";
import { difference, kg, number } from "../format";
import { t } from "../texts";
import { Icon } from "./icons";
import { Table } from "./table";

// Planned against actual for the 15 dosing points. A batch that still runs is
// behind its plan at each point: only too much is worth a colour then.

const toleratedShare = 0.02;
const toleratedKg = 0.5;

export type Deviation = "none" | "over" | "under";

export function deviation(point: Dosing, finished: boolean): Deviation {
  const tolerated = point.planned * toleratedShare + toleratedKg;
  if (point.actual > point.planned + tolerated) return "over";
  if (finished && point.actual < point.planned - tolerated) return "under";
  return "none";
}

function scaleOf(points: Dosing[]): number {
  return Math.max(1, ...points.map((point) => Math.max(point.planned, point.actual)));
}

/** SILO A as "A", LQ114 as it is: what fits under a narrow column. */
function shortName(point: Dosing): string {
  return point.name.replace(/^SILO /i, "");
}

interface Props {
  points: Dosing[];
  finished: boolean;
}

const width = 10;
const height = 44;

/** Fifteen narrow columns: outline planned, filled actual. */
export function DosingColumns({ points, finished }: Props) {
  const scale = scaleOf(points);
  const tall = (amount: number) => (amount / scale) * height;
  const sum = (pick: (point: Dosing) => number) => points.reduce((total, point) => total + pick(point), 0);
  const words = t("dosed_of", { actual: kg(sum((p) => p.actual)), planned: kg(sum((p) => p.planned)) });
  return (
    <svg class="columns" viewBox={`0 0 ${points.length * width} ${height + 9}`} role="img" aria-label={words} preserveAspectRatio="xMinYMax">
      {points.map((point, i) => {
        const off = deviation(point, finished);
        return (
          <g key={point.tag}>
            <rect class="planned" x={i * width + 1} y={height - tall(point.planned)} width={8} height={tall(point.planned)} />
            <rect class={`actual ${off}`} x={i * width + 2.5} y={height - tall(point.actual)} width={5} height={tall(point.actual)} />
            {off === "over" && <path class="mark" d={`M${i * width + 2} 5l3-4.500 3 4.500z`} />}
            {off === "under" && <path class="mark" d={`M${i * width + 2} 1l3 4.500 3-4.500z`} />}
            <text x={i * width + 5} y={height + 7.5}>
              {shortName(point).slice(-3)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function Bar({ point, scale, finished }: { point: Dosing; scale: number; finished: boolean }) {
  const x = (amount: number) => (amount / scale) * 200;
  return (
    <svg class="bar" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true">
      <rect class="planned" x={0} y={1} width={x(point.planned)} height={12} />
      <rect class={`actual ${deviation(point, finished)}`} x={0} y={4} width={x(point.actual)} height={6} />
      {point.planned > 0 && <rect class="target" x={Math.max(0, x(point.planned) - 1)} y={0} width={1.5} height={14} />}
    </svg>
  );
}

function DeviationCell({ point, finished }: { point: Dosing; finished: boolean }) {
  const off = deviation(point, finished);
  const text = difference(point.actual - point.planned);
  if (off === "none") return <span>{finished || point.actual > 0 ? text : ""}</span>;
  return (
    <span class={`off-plan ${off}`}>
      <Icon name={off === "over" ? "up" : "down"} />
      {text} <span class="unseen">{t(off === "over" ? "too_much" : "too_little")}</span>
    </span>
  );
}

/** The same as a table with a bar in each row. */
export function DosingTable({ points, finished }: Props) {
  const scale = scaleOf(points);
  return (
    <Table
      caption={t("dosing")}
      rows={points}
      keyOf={(point) => point.tag}
      columns={[
        { head: t("dosing_point"), cell: (point) => <b>{point.name}</b> },
        { head: t("component"), cell: (point) => point.component ?? "" },
        { head: t("plan_and_actual"), cell: (point) => <Bar point={point} scale={scale} finished={finished} /> },
        { head: t("planned_kg"), number: true, cell: (point) => number(point.planned, 2) },
        { head: t("actual_kg"), number: true, cell: (point) => number(point.actual, 2) },
        { head: t("deviation_kg"), number: true, cell: (point) => <DeviationCell point={point} finished={finished} /> },
      ]}
    />
  );
}
