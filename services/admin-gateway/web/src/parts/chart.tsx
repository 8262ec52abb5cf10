import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { day, number } from "../format";
import { t } from "../texts";

export interface ChartLine {
  label: string;
  /** Name of the CSS variable of its colour. */
  colour: string;
  bars?: boolean;
  dashed?: boolean;
}

interface Props {
  /** What it shows, in words. */
  label: string;
  /** Seconds since 1970 first, then a row of values per line. */
  data: uPlot.AlignedData;
  lines: ChartLine[];
  unit: string;
}

/** Room for half a bar at both ends. */
const halfDay = 43_200;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(width: number, lines: ChartLine[], unit: string): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => colour("--text-2"),
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: 240,
    cursor: { drag: { setScale: false } },
    scales: { x: { time: true, range: (_, from, to) => [from - halfDay, to + halfDay] }, y: { range: (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.1)] } },
    axes: [
      { ...axis, values: (_, at) => at.map((s) => day(s * 1000)), space: 60 },
      { ...axis, size: 64, values: (_, at) => at.map((v) => number(v)) },
    ],
    series: [
      { value: (_, s) => (s === null ? "" : day(s * 1000)), label: t("day") },
      ...lines.map(
        (line): uPlot.Series => ({
          label: line.label,
          stroke: () => colour(line.colour),
          fill: line.bars ? () => colour(line.colour) : undefined,
          width: 2,
          dash: line.dashed ? [6, 4] : undefined,
          points: { show: !line.bars },
          paths: line.bars ? uPlot.paths.bars?.({ size: [0.6, 60] }) : undefined,
          value: (_, v) => (v === null ? "" : `${number(v, 1)} ${unit}`),
        }),
      ),
    ],
  };
}

/** A picture over time; its figures stand in a table beside it. */
export function Chart({ label, data, lines, unit }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const plot = new uPlot(options(Math.max(240, element.clientWidth), lines, unit), data, element);
    const sized = new ResizeObserver(() => plot.setSize({ width: Math.max(240, element.clientWidth), height: 240 }));
    sized.observe(element);
    const themed = new MutationObserver(() => plot.redraw());
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      sized.disconnect();
      themed.disconnect();
      plot.destroy();
    };
  }, [data, unit]);
  return <div class="chart" ref={place} role="img" aria-label={label} />;
}
