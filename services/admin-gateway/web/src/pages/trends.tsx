import { useMemo } from "preact/hooks";
import { query } from "../api/client";
import { useResource } from "../api/resource";
import type { Trends } from "../api/shapes";
import { day, difference, kg, number, percent } from "../format";
import { Chart } from "../parts/chart";
import { Empty, Loaded, Panel } from "../parts/panel";
import { Table } from "../parts/table";
import { go, href, route } from "../route";
import { useStore } from "../store";
import { t } from "../texts";
import { HistoryTabs, useLineNames } from "./history";

const spans = [7, 30, 90];

function isoDay(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
}

const seconds = (text: string) => Date.parse(`${text}T00:00:00`) / 1000;

function Throughput({ trends }: { trends: Trends }) {
  const data = useMemo(
    () => [trends.days.map((one) => seconds(one.day)), trends.days.map((one) => one.weight / 1000), trends.days.map((one) => one.ordered / 1000)] as [number[], number[], number[]],
    [trends],
  );
  if (trends.days.length === 0) return <Empty>{t("nothing_found")}</Empty>;
  return (
    <>
      <Chart
        label={t("throughput")}
        data={data}
        unit="t"
        lines={[
          { label: t("produced_t"), colour: "--data-1", bars: true },
          { label: t("ordered_t"), colour: "--data-2", dashed: true },
        ]}
      />
      <details>
        <summary>{t("as_table")}</summary>
        <Table
          caption={t("throughput")}
          rows={trends.days}
          keyOf={(one) => one.day}
          columns={[
            { head: t("day"), cell: (one) => day(one.day) },
            { head: t("batches"), number: true, cell: (one) => number(one.batches) },
            { head: t("ordered"), number: true, cell: (one) => kg(one.ordered) },
            { head: t("weight"), number: true, cell: (one) => kg(one.weight) },
          ]}
        />
      </details>
    </>
  );
}

interface DosingTrend {
  tag: string;
  name: string;
  planned: number;
  actual: number;
  batches: number;
}

const shareOff = (one: DosingTrend) => (one.planned > 0 ? one.actual / one.planned - 1 : 0);

/** To the left too little, to the right too much; the whole width is the worst. */
function OffBar({ one, worst }: { one: DosingTrend; worst: number }) {
  const half = (Math.abs(shareOff(one)) / worst) * 98;
  const over = shareOff(one) > 0;
  const notable = Math.abs(shareOff(one)) > 0.02;
  return (
    <svg class="bar" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true">
      <rect class="target" x={99.5} y={0} width={1} height={14} />
      <rect class={`actual ${notable ? (over ? "over" : "under") : ""}`} x={over ? 100 : 100 - half} y={3} width={half} height={8} />
    </svg>
  );
}

function DosingDeviation({ trends }: { trends: Trends }) {
  const used = trends.dosing.filter((one) => one.planned > 0 || one.actual > 0);
  const worst = Math.max(0.01, ...used.map((one) => Math.abs(shareOff(one))));
  if (used.length === 0) return <Empty>{t("nothing_found")}</Empty>;
  return (
    <Table
      caption={t("deviation_per_point")}
      rows={used}
      keyOf={(one) => one.tag}
      columns={[
        { head: t("dosing_point"), cell: (one) => <b>{one.name}</b> },
        { head: t("deviation"), cell: (one) => <OffBar one={one} worst={worst} /> },
        { head: "%", number: true, cell: (one) => (one.planned > 0 ? `${shareOff(one) > 0 ? "+" : ""}${percent(shareOff(one), 1)}` : "") },
        { head: t("deviation_kg"), number: true, cell: (one) => difference(one.actual - one.planned) },
        { head: t("planned_kg"), number: true, cell: (one) => number(one.planned, 1) },
        { head: t("actual_kg"), number: true, cell: (one) => number(one.actual, 1) },
        { head: t("batches"), number: true, cell: (one) => number(one.batches) },
      ]}
    />
  );
}

function Latency({ trends }: { trends: Trends }) {
  const rows = trends.push_latency;
  const data = useMemo(
    () => [rows.map((one) => seconds(one.day)), rows.map((one) => one.median_s), rows.map((one) => one.worst_s)] as [number[], number[], number[]],
    [rows],
  );
  if (rows.length === 0) return <Empty>{t("nothing_found")}</Empty>;
  return (
    <>
      <Chart
        label={t("push_latency")}
        data={data}
        unit="s"
        lines={[
          { label: t("median_s"), colour: "--data-1" },
          { label: t("worst_s"), colour: "--data-2", dashed: true },
        ]}
      />
      <details>
        <summary>{t("as_table")}</summary>
        <Table
          caption={t("push_latency")}
          rows={rows}
          keyOf={(one) => one.day}
          columns={[
            { head: t("day"), cell: (one) => day(one.day) },
            { head: t("batches"), number: true, cell: (one) => number(one.batches) },
            { head: t("median_s"), number: true, cell: (one) => number(one.median_s, 1) },
            { head: t("worst_s"), number: true, cell: (one) => number(one.worst_s, 1) },
          ]}
        />
      </details>
    </>
  );
}

export function TrendsPage() {
  const { parameters } = useStore(route);
  const span = Number(parameters.get("days") ?? 30) || 30;
  const line = parameters.get("line") ?? "";
  const lines = useLineNames();
  const view = useResource<Trends>(`trends${query({ from: isoDay(span), to: isoDay(0), line })}`, /^batch\.archived/);
  return (
    <>
      <h1 tabIndex={-1}>{t("trends")}</h1>
      <HistoryTabs here="trends" />
      <form class="filters">
        <label>
          <span>{t("span")}</span>
          <select value={span} onChange={(event) => go(href(["trends"], { days: event.currentTarget.value, line }))}>
            {spans.map((days) => (
              <option value={days} key={days}>
                {t("last_n_days", { n: days })}
              </option>
            ))}
          </select>
        </label>
        {lines.length > 1 && (
          <label>
            <span>{t("line")}</span>
            <select value={line} onChange={(event) => go(href(["trends"], { days: span, line: event.currentTarget.value }))}>
              <option value="">{t("all")}</option>
              {lines.map((one) => (
                <option value={one} key={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
        )}
      </form>
      <Loaded view={view}>
        {(data) => (
          <div class="grid">
            <Panel title={t("throughput")} class="wide">
              <Throughput trends={data} />
            </Panel>
            <Panel title={t("deviation_per_point")} class="wide">
              <DosingDeviation trends={data} />
            </Panel>
            <Panel title={t("push_latency")} class="wide">
              <p class="small">{t("push_latency_text")}</p>
              <Latency trends={data} />
            </Panel>
          </div>
        )}
      </Loaded>
    </>
  );
}
