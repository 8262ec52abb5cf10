import { query } from "../api/client";
import { useResource } from "../api/resource";
import type { AuditEntry, Task, TaskRun } from "../api/shapes";
import { clock, dateTime, number } from "../format";
import { ActionButton } from "../parts/action_dialog";
import { Empty, Loaded, Panel } from "../parts/panel";
import { Status, type Tone } from "../parts/status";
import { Table } from "../parts/table";
import { href, route } from "../route";
import { useStore } from "../store";
import { named, t } from "../texts";
import { told } from "../texts/sentences";
import { AuditTable } from "./batch";
import { TaskTable } from "./overview";

interface SchedulerStatus {
  enabled: boolean;
  online: boolean;
  tasks: Task[];
}

const outcomeTone: Record<string, Tone> = { done: "good", skipped: "calm", failed: "bad" };

function RunTable({ runs }: { runs: TaskRun[] }) {
  if (runs.length === 0) return <Empty>{t("no_entries")}</Empty>;
  return (
    <Table
      caption={t("task_log")}
      rows={runs}
      keyOf={(run) => `${run.at}/${run.line}/${run.number}/${run.text}`}
      columns={[
        { head: t("when"), cell: (run) => <time title={dateTime(run.at)}>{clock(run.at)}</time> },
        { head: t("line"), cell: (run) => run.line },
        { head: t("task"), cell: (run) => `${run.number} ${named("task", run.task)}` },
        { head: t("outcome"), cell: (run) => <Status tone={outcomeTone[run.outcome] ?? "calm"}>{named("outcome", run.outcome)}</Status> },
        { head: t("text"), cell: (run) => told(run.text) },
      ]}
    />
  );
}

function TaskLog() {
  const view = useResource<{ runs: TaskRun[] }>("tasks/log?limit=100", /^task\./);
  return <Loaded view={view}>{(data) => <RunTable runs={data.runs} />}</Loaded>;
}

const auditPage = 50;

function AuditLog() {
  const offset = Math.max(0, Number(useStore(route).parameters.get("offset") ?? 0) || 0);
  const view = useResource<{ total: number; entries: AuditEntry[] }>(`audit${query({ limit: auditPage, offset })}`, /^batch\.decided|^queue/);
  return (
    <Loaded view={view}>
      {(data) => (
        <>
          <AuditTable entries={data.entries} withOrder />
          <nav class="paging" aria-label={t("pages")}>
            {offset > 0 ? <a class="button" href={href(["tasks"], { offset: Math.max(0, offset - auditPage) })}>{t("previous")}</a> : <span />}
            <span>{t("a_to_b_of_n", { a: number(data.entries.length ? offset + 1 : 0), b: number(offset + data.entries.length), n: number(data.total) })}</span>
            {offset + data.entries.length < data.total ? <a class="button" href={href(["tasks"], { offset: offset + auditPage })}>{t("next")}</a> : <span />}
          </nav>
        </>
      )}
    </Loaded>
  );
}

export function TasksPage() {
  const view = useResource<SchedulerStatus>("admin/scheduler/status", /^(task|scheduler|service)/);
  return (
    <>
      <h1 tabIndex={-1}>{t("nav_tasks")}</h1>
      <div class="grid">
        <Panel title={t("tasks")} class="wide">
          <Loaded view={view}>
            {(data) => (
              <>
                <p class="row">
                  {!data.online && <Status tone="bad">{t("scheduler_away")}</Status>}
                  {data.enabled ? <Status tone="good">{t("scheduler_runs")}</Status> : <Status tone="warn">{t("scheduler_stands")}</Status>}
                </p>
                <TaskTable tasks={data.tasks} />
                <div class="buttons" role="group" aria-label={t("run_now")}>
                  <ActionButton id="sync" />
                  <ActionButton id="plc_sync" />
                  <ActionButton id="process" />
                  <ActionButton id={data.enabled ? "scheduler_off" : "scheduler_on"} />
                </div>
              </>
            )}
          </Loaded>
        </Panel>
        <Panel title={t("task_log")} class="wide">
          <TaskLog />
        </Panel>
        <Panel title={t("audit")} class="wide">
          <AuditLog />
        </Panel>
      </div>
    </>
  );
}
