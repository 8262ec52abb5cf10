import { Empty, Loaded } from "../parts/panel";
import { ActionButton } from "../parts/action_dialog";
import { Ago, severityTone, Status, type Tone } from "../parts/status";
import { dateTime, kg } from "../format";
import { href } from "../route";
import { hasText, named, t, type TextKey } from "../texts";
import { told } from "../texts/sentences";
import { actionsFor, isAcknowledged, type Trouble, unacknowledged } from "../troubles";
import { useAttention } from "./attention";
import { troubleTitle } from "./overview";

function advice(one: Trouble): string {
  const kind = one.kind.startsWith("task_failing") ? "task_failing" : one.kind;
  return hasText(`todo_${kind}`) ? t(`todo_${kind}` as TextKey) : told(one.advice);
}

/** Of these orders Millrace has no batch to show. */
const unknownHere = new Set(["unknown_order", "unbooked_order", "order_rejected"]);

function Tries({ one }: { one: Trouble }) {
  const row = one.waiting;
  if (!row || row.attempts === 0) return null;
  return (
    <p class="small">
      {t("tried_n", { n: row.attempts })}
      {row.last_try && <> · {t("last_try")} <Ago at={row.last_try} /></>}
      {row.next_try && <> · {t("next_try")} <Ago at={row.next_try} /></>}
    </p>
  );
}

function SystemWords({ one }: { one: Trouble }) {
  return (
    <details>
      <summary>{t("system_words")}</summary>
      <dl class="facts">
        <div>
          <dt>{t("kind")}</dt>
          <dd>{one.kind}</dd>
        </div>
        {one.state && (
          <div>
            <dt>{t("state")}</dt>
            <dd>{named("state", one.state)}</dd>
          </div>
        )}
        <div>
          <dt>{t("since")}</dt>
          <dd>{dateTime(one.since)}</dd>
        </div>
        {one.waiting && (
          <div>
            <dt>{t("weight")}</dt>
            <dd>{kg(one.waiting.actual_finished_goods)}</dd>
          </div>
        )}
      </dl>
      <p>{told(one.advice)}</p>
      {one.alerts.map((alert) => (
        <p key={alert.alert_id} class="small">
          {told(alert.text)} {alert.advice !== one.advice && told(alert.advice)}
        </p>
      ))}
    </details>
  );
}

function Acknowledgements({ one }: { one: Trouble }) {
  return (
    <>
      {one.alerts.map(
        (alert) =>
          alert.acknowledged_at && (
            <p key={alert.alert_id} class="small acknowledged">
              {t("acknowledged_by", { user: alert.acknowledged_by ?? "" })} <Ago at={alert.acknowledged_at} />
              {alert.acknowledge_notes && `: ${alert.acknowledge_notes}`}
            </p>
          ),
      )}
    </>
  );
}

function toneOf(one: Trouble): Tone {
  return one.needsPerson && !isAcknowledged(one) ? severityTone[one.severity] : "calm";
}

function TroubleCard({ one }: { one: Trouble }) {
  const open = unacknowledged(one);
  const subject = { mo_id: one.mo_id ?? undefined, batch_no: one.batch_no ?? undefined, line: one.line };
  return (
    <li class={`card trouble ${toneOf(one)}`}>
      <h3>
        <Status tone={toneOf(one)} icon={one.needsPerson ? undefined : "wait"}>
          {troubleTitle(one)}
        </Status>
      </h3>
      <p class="row">
        {one.mo_id && (unknownHere.has(one.kind) ? <b>{one.mo_id}</b> : <a href={href(["batch", one.mo_id])}>{one.mo_id}</a>)}
        <span>{one.line}</span>
        {one.batch_no ? <span>{t("slot_n", { n: one.batch_no })}</span> : null}
        <span class="dim">
          <Ago at={one.since} />
        </span>
      </p>
      <p class="reason">
        <b>{t("why")}:</b> {told(one.reason)}
      </p>
      <p>
        <b>{t("what_to_do")}:</b> {advice(one)}
      </p>
      <Acknowledgements one={one} />
      <Tries one={one} />
      <div class="buttons">
        {actionsFor(one).map((id, i) => (
          <ActionButton key={id} id={id} subject={subject} main={i === 0 && one.needsPerson} />
        ))}
        {open && <ActionButton id="acknowledge" subject={{ ...subject, alert_id: open.alert_id }} />}
        {one.mo_id && !unknownHere.has(one.kind) && (
          <a class="button" href={href(["batch", one.mo_id])}>
            {t("whole_life")}
          </a>
        )}
      </div>
      <SystemWords one={one} />
    </li>
  );
}

function Cards({ all }: { all: Trouble[] }) {
  return (
    <ul class="troubles">
      {all.map((one) => (
        <TroubleCard key={one.key} one={one} />
      ))}
    </ul>
  );
}

export function StuckPage() {
  const { all, waiting, alerts } = useAttention();
  const mine = all?.filter((one) => one.needsPerson) ?? [];
  const others = all?.filter((one) => !one.needsPerson) ?? [];
  return (
    <>
      <h1 tabIndex={-1}>{t("nav_stuck")}</h1>
      <Loaded view={alerts}>{() => null}</Loaded>
      <Loaded view={waiting}>
        {() => (
          <>
            <h2>{t("needs_person")}</h2>
            {mine.length > 0 ? <Cards all={mine} /> : <Empty>{t("nothing_needs_you")}</Empty>}
            {others.length > 0 && (
              <>
                <h2>{t("goes_on_by_itself")}</h2>
                <Cards all={others} />
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}
