import { useResource, type View } from "../api/resource";
import type { LineSummary, Overview, Task } from "../api/shapes";
import { Flow, stations } from "../parts/flow";
import { Icon } from "../parts/icons";
import { Empty, Loaded, Panel } from "../parts/panel";
import { severityTone, Ago, Status, type Tone } from "../parts/status";
import { Table } from "../parts/table";
import { href, kiosk } from "../route";
import { now, useStore } from "../store";
import { instant } from "../format";
import { counted, hasText, named, t, type TextKey } from "../texts";
import { told } from "../texts/sentences";
import { isAcknowledged, type Trouble } from "../troubles";
import { useAttention } from "./attention";
import { SlotStrip } from "./slot_strip";

export function troubleTitle(one: Trouble): string {
  const kind = one.kind.startsWith("task_failing") ? "task_failing" : one.kind;
  return hasText(`trouble_${kind}`) ? t(`trouble_${kind}` as TextKey) : named("trouble", kind);
}

interface Verdict {
  tone: Tone;
  words: string;
  detail: string;
}

function verdict(view: Overview | undefined, mine: number, known: boolean, failed: boolean): Verdict {
  if (failed) return { tone: "off", words: t("verdict_unknown"), detail: t("verdict_unknown_detail") };
  if (!view || !known) return { tone: "off", words: t("loading"), detail: "" };
  const broken = stations(view).filter((one) => one.health === "bad");
  if (mine > 0) return { tone: "bad", words: counted("needs_you_one", "needs_you_many", mine), detail: t("needs_you_detail") };
  if (broken.length > 0) return { tone: "warn", words: t("verdict_part_away"), detail: [...new Set(broken.map((one) => one.healthText))].join(" ") };
  return { tone: "good", words: t("verdict_fine"), detail: t("verdict_fine_detail") };
}

function Headline({ said }: { said: Verdict }) {
  return (
    <div class={`headline ${said.tone}`} aria-live="polite">
      <Icon name={said.tone === "good" ? "ok" : said.tone === "bad" ? "bad" : said.tone === "warn" ? "warn" : "off"} />
      <div>
        <p class="words">{said.words}</p>
        <p>{said.detail}</p>
      </div>
      {said.tone === "bad" && !kiosk && (
        <a class="button" href={href(["stuck"])}>
          {t("see_what")}
        </a>
      )}
    </div>
  );
}

const outcomeTone: Record<string, Tone> = { done: "good", skipped: "calm", failed: "bad" };

/** Late by more than its interval: the scheduler does not do its work. */
function isOverdue(task: Task, time: number): boolean {
  const next = instant(task.next_run);
  return task.enabled && next !== null && time - next > Math.max(task.interval_ms, 30_000);
}

export function TaskTable({ tasks }: { tasks: Task[] }) {
  const time = useStore(now);
  const several = new Set(tasks.map((task) => task.line)).size > 1;
  return (
    <Table
      caption={t("tasks")}
      rows={tasks}
      keyOf={(task) => `${task.line}/${task.number}`}
      columns={[
        {
          head: t("task"),
          cell: (task) => (
            <>
              <b>{task.number}</b> {named("task", task.task)} {several && <span class="dim">{task.line}</span>}
            </>
          ),
        },
        { head: t("last_run"), cell: (task) => <Ago at={task.last_run} /> },
        {
          head: t("outcome"),
          cell: (task) =>
            task.last_outcome ? (
              <span title={told(task.last_text)}>
                <Status tone={outcomeTone[task.last_outcome] ?? "calm"}>{named("outcome", task.last_outcome)}</Status>
                {task.last_outcome === "failed" && <span class="small">{told(task.last_text)}</span>}
              </span>
            ) : (
              ""
            ),
        },
        {
          head: t("next_run"),
          cell: (task) => {
            if (!task.enabled) return <Status tone="off">{t("switched_off")}</Status>;
            if (task.running) return <Status tone="calm" icon="run">{t("running_now")}</Status>;
            if (isOverdue(task, time)) return <Status tone="warn">{t("overdue")} <Ago at={task.next_run} /></Status>;
            return <Ago at={task.next_run} />;
          },
        },
      ]}
    />
  );
}

function TroubleList({ all }: { all: Trouble[] }) {
  const shown = all.slice(0, kiosk ? 6 : 8);
  if (shown.length === 0) return <Empty>{t("no_troubles")}</Empty>;
  return (
    <ul class="trouble-list">
      {shown.map((one) => (
        <li key={one.key}>
          <Status tone={one.needsPerson && !isAcknowledged(one) ? severityTone[one.severity] : "calm"}>
            <b>{troubleTitle(one)}</b>
          </Status>
          <span>
            {one.mo_id ? <a href={href(["batch", one.mo_id])}>{one.mo_id}</a> : one.line} · <Ago at={one.since} />
          </span>
        </li>
      ))}
      {all.length > shown.length && (
        <li>
          <a href={href(["stuck"])}>{t("and_more", { n: all.length - shown.length })}</a>
        </li>
      )}
    </ul>
  );
}

/** Not read for three intervals of task 2: the figures are old. */
function isSilent(line: LineSummary, tasks: Task[], time: number): boolean {
  const read = tasks.find((task) => task.line === line.line && task.number === 2);
  const last = instant(line.last_cycle_at);
  return last !== null && (line.total ?? 0) > 0 && time - last > 3 * (read?.interval_ms ?? 300_000) + 10_000;
}

function LinePanel({ line, tasks }: { line: LineSummary; tasks: Task[] }) {
  const time = useStore(now);
  return (
    <Panel
      title={t("line_name", { line: line.line })}
      class="wide"
      aside={
        <span class="aside">
          {line.reachable === false ? (
            <Status tone="bad">{t("plc_unreachable")}</Status>
          ) : isSilent(line, tasks, time) ? (
            <Status tone="warn">{t("plc_read_old")}</Status>
          ) : null}
          <span class="dim">
            {t("last_cycle")} <Ago at={line.last_cycle_at} />
          </span>
          {!kiosk && <a href={href(["line", line.line])}>{t("details")}</a>}
        </span>
      }
    >
      {line.reachable === false && line.last_error && <p class="small">{told(line.last_error)}</p>}
      <SlotStrip line={line.line} />
    </Panel>
  );
}

/** When a part is away the error tells of the others: that goes before what was. */
function freshest(view: View<Overview>): View<Overview> {
  const told = view.error?.data as Partial<Overview> | undefined;
  if (!told?.parts || !told.lines) return view;
  const before = view.data ?? { alerts: null, stuck_total: null, archived_today: null };
  return { ...view, data: { ...before, parts: told.parts, lines: told.lines, tasks: told.tasks ?? [] } };
}

export function OverviewPage() {
  const view = freshest(useResource<Overview>("overview"));
  const attention = useAttention();
  const failed = Boolean(view.error || attention.waiting.error || attention.alerts.error);
  return (
    <>
      <h1 class={kiosk ? "unseen" : ""} tabIndex={-1}>{t("nav_overview")}</h1>
      <Headline said={verdict(view.data, attention.mine, attention.all !== undefined, failed)} />
      <Loaded view={view}>
        {(data) => (
          <div class="grid">
            <Panel title={t("flow")} class="wide">
              <Flow view={data} />
            </Panel>
            {data.lines.map((line) => (
              <LinePanel key={line.line} line={line} tasks={data.tasks} />
            ))}
            <Panel title={t("needs_attention")}>
              {attention.all ? <TroubleList all={attention.all} /> : <Loaded view={(attention.waiting.error ? attention.waiting : attention.alerts) as View<unknown>}>{() => null}</Loaded>}
            </Panel>
            <Panel title={t("tasks")}>
              <TaskTable tasks={data.tasks} />
            </Panel>
          </div>
        )}
      </Loaded>
    </>
  );
}
