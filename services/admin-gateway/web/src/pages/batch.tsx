import { segment } from "../api/client";
import { useResource } from "../api/resource";
import type { AuditEntry, BatchLife, Run, TimelineEntry } from "../api/shapes";
import { dateTime, kg, none, number } from "../format";
import { offered } from "../actions";
import { ActionButton } from "../parts/action_dialog";
import { DosingColumns, DosingTable } from "../parts/dosing";
import { Empty, Loaded, Panel } from "../parts/panel";
import { Ago, BatchState, Status } from "../parts/status";
import { Table } from "../parts/table";
import { href } from "../route";
import { named, t } from "../texts";
import { told } from "../texts/sentences";

function Facts({ run }: { run: Run }) {
  const pairs: [string, string][] = [
    [t("line"), run.line],
    [t("slot"), String(run.batch_no)],
    [t("product"), run.finished_goods],
    [t("ordered"), kg(run.ordered)],
    [t("weight"), kg(run.weight)],
    [t("staged_at"), dateTime(run.staged_at)],
    [t("started_at"), dateTime(run.started_at)],
    [t("finished_at"), dateTime(run.finished_at)],
    [t("archived_at"), dateTime(run.archived_at)],
    [t("last_read"), dateTime(run.last_read)],
    [t("notes"), told(run.notes || none)],
  ];
  return (
    <dl class="facts">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function HoldBox({ run }: { run: Run }) {
  if (!run.hold && !run.booking_open) return null;
  const kind = run.hold?.kind ?? "booking_open";
  return (
    <div class="hold">
      <p>
        <Status tone="warn">
          <b>{named("trouble", kind)}</b>
        </Status>
      </p>
      {run.hold && <p>{told(run.hold.reason)}</p>}
      <p>{named("todo", kind, told(run.hold?.advice ?? ""))}</p>
    </div>
  );
}

interface Told extends TimelineEntry {
  times: number;
}

/** Each new figure is booked: bookings in a row are told once, the last of them. */
function folded(timeline: TimelineEntry[]): Told[] {
  const all: Told[] = [];
  for (const one of timeline) {
    const before = all[all.length - 1];
    if (before?.type === "pushed" && one.type === "pushed") all[all.length - 1] = { ...one, times: before.times + 1 };
    else all.push({ ...one, times: 1 });
  }
  return all;
}

function Timeline({ run }: { run: Run }) {
  if (run.timeline.length === 0) return <Empty>{t("no_entries")}</Empty>;
  return (
    <ol class="timeline">
      {folded(run.timeline).map((one, i) => (
        <li key={`${one.at}/${i}`}>
          <time>{dateTime(one.at)}</time>
          <div>
            <b>
              {named("event", one.type)} {one.times > 1 && t("n_times", { n: one.times })}
            </b>
            <span>{told(one.text)}</span>
          </div>
        </li>
      ))}
    </ol>
  );
}

function Pushes({ run }: { run: Run }) {
  const behind = run.revision !== run.pushed_revision;
  return (
    <>
      <p>
        {behind ? (
          <Status tone={run.push.attempts > 0 ? "warn" : "calm"} icon="wait">
            {t("push_behind", { revision: run.revision, pushed: Math.max(0, run.pushed_revision) })}
          </Status>
        ) : (
          <Status tone="good">{t("push_equal", { revision: run.revision })}</Status>
        )}
      </p>
      <dl class="facts">
        <div>
          <dt>{t("attempts")}</dt>
          <dd>{number(run.push.attempts)}</dd>
        </div>
        <div>
          <dt>{t("odoo_answer")}</dt>
          <dd>{run.push.error_text ? `${named("trouble", run.push.error_class ?? "")}: ${told(run.push.error_text)}` : none}</dd>
        </div>
        <div>
          <dt>{t("last_try")}</dt>
          <dd>{run.push.last_try ? <Ago at={run.push.last_try} /> : none}</dd>
        </div>
        <div>
          <dt>{t("next_try")}</dt>
          <dd>{run.push.next_try ? <Ago at={run.push.next_try} /> : none}</dd>
        </div>
      </dl>
    </>
  );
}

export function AuditTable({ entries, withOrder }: { entries: AuditEntry[]; withOrder?: boolean }) {
  if (entries.length === 0) return <Empty>{t("no_decisions")}</Empty>;
  return (
    <Table
      caption={t("audit")}
      rows={entries}
      keyOf={(one) => `${one.at}/${one.action}/${one.mo_id ?? ""}/${one.outcome}`}
      columns={[
        { head: t("when"), cell: (one) => dateTime(one.at) },
        ...(withOrder
          ? [
              { head: t("line"), cell: (one: AuditEntry) => one.line ?? "" },
              { head: t("order"), cell: (one: AuditEntry) => (one.mo_id ? <a href={href(["batch", one.mo_id])}>{one.mo_id}</a> : "") },
            ]
          : []),
        { head: t("who"), cell: (one) => one.user },
        { head: t("did_what"), cell: (one) => named("decision", one.action) },
        { head: t("why"), cell: (one) => one.notes ?? "" },
        { head: t("outcome"), cell: (one) => told(one.outcome) },
      ]}
    />
  );
}

/** An archived batch is what became of it. */
function shownState(run: Run): string {
  return run.where === "history" && run.status && run.status !== "completed" ? run.status : run.state;
}

function RunView({ run, mo_id, title }: { run: Run; mo_id: string; title: string }) {
  const subject = { mo_id, batch_no: run.batch_no, line: run.line };
  const possible = offered(run.actions, run.where === "history");
  const finished = run.where === "history" || run.finished_at !== null;
  return (
    <div class="grid">
      <Panel title={title} class="wide" aside={<BatchState state={shownState(run)} hold={run.hold} />}>
        <HoldBox run={run} />
        <Facts run={run} />
        {possible.length > 0 && (
          <div class="buttons" role="group" aria-label={t("actions")}>
            {possible.map((id) => (
              <ActionButton key={id} id={id} subject={subject} />
            ))}
          </div>
        )}
      </Panel>
      <Panel title={t("dosing")} class="wide">
        <div class="dosing-picture">
          <DosingColumns points={run.dosing} finished={finished} />
        </div>
        <DosingTable points={run.dosing} finished={finished} />
      </Panel>
      <Panel title={t("timeline")}>
        <Timeline run={run} />
      </Panel>
      <Panel title={t("booking_in_odoo")}>
        <Pushes run={run} />
      </Panel>
      <Panel title={t("audit")} class="wide">
        <AuditTable entries={run.audit} />
      </Panel>
    </div>
  );
}

function runTitle(life: BatchLife, i: number): string {
  const m = life.runs.length;
  return m > 1 ? t("run_n_of_m", { n: m - i, m }) : t("batch");
}

export function BatchPage({ mo_id }: { mo_id: string }) {
  const view = useResource<BatchLife>(`batches/${segment(mo_id)}`);
  return (
    <>
      <h1 tabIndex={-1}>{mo_id}</h1>
      <Loaded view={view}>
        {(data) => (
          <>
            {data.runs.slice(0, 1).map((run) => (
              <RunView key={run.batch_id} run={run} mo_id={data.mo_id} title={runTitle(data, 0)} />
            ))}
            {data.runs.slice(1).map((run, i) => (
              <details class="earlier-run" key={run.batch_id}>
                <summary>
                  {runTitle(data, i + 1)} · {dateTime(run.staged_at)}
                </summary>
                <RunView run={run} mo_id={data.mo_id} title={runTitle(data, i + 1)} />
              </details>
            ))}
          </>
        )}
      </Loaded>
    </>
  );
}
