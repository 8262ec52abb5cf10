import { useEffect, useRef, useState } from "preact/hooks";
import { actions, asked, ask, type ActionId, type Asked, type Subject } from "../actions";
import { actionTimeoutMs, call, type Failure, newKey } from "../api/client";
import { reloadAll } from "../api/resource";
import { may, ownName, session } from "../session";
import { now, useStore } from "../store";
import { named, t } from "../texts";
import { told } from "../texts/sentences";
import { Icon } from "./icons";
import { announce } from "./notices";
import { failureText, Problem } from "./panel";

function subjectText({ mo_id, batch_no, line }: Subject): string {
  const parts = [line, batch_no ? t("slot_n", { n: batch_no }) : ""].filter(Boolean).join(", ");
  return mo_id ? (parts ? `${mo_id} (${parts})` : mo_id) : parts;
}

function Working({ since }: { since: number }) {
  const time = useStore(now);
  return (
    <p role="status" class="working">
      {t("working", { n: Math.max(0, Math.round((time - since) / 1000)), most: actionTimeoutMs / 1000 })}
    </p>
  );
}

/** Sends the decision; one key for all tries, so that it is done once. */
function useSending({ id, subject }: Asked) {
  const [key] = useState(newKey);
  const [since, setSince] = useState<number | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const mounted = useRef(true);
  useEffect(() => () => void (mounted.current = false), []);
  async function send(notes: string): Promise<void> {
    setFailure(null);
    setSince(Date.now());
    const action = actions[id];
    try {
      const { message } = await call<unknown>(action.path(subject, notes), {
        method: "POST",
        body: action.body,
        timeoutMs: actionTimeoutMs,
        idempotencyKey: key,
      });
      announce("good", `${named("do", id)}: ${told(message) || t("done")}`);
      if (mounted.current) asked.set(null);
    } catch (why) {
      if (mounted.current) setFailure(why as Failure);
      else announce("bad", `${named("do", id)}: ${failureText(why as Failure)}`);
    } finally {
      setSince(null);
      reloadAll();
    }
  }
  return { since, failure, send };
}

function NotAllowed({ id, close }: { id: ActionId; close: () => void }) {
  const who = useStore(session);
  const needed = named("role", actions[id].role);
  return (
    <>
      <p class="will">
        {who?.authenticated
          ? t("not_allowed_user", { needed, user: who.user, role: named("role", who.role) })
          : t("not_allowed_guest", { needed })}
      </p>
      <div class="buttons">
        <a class="button" href="#/login" onClick={close}>
          {t("log_in")}
        </a>
        <button type="button" onClick={close}>
          {t("close")}
        </button>
      </div>
    </>
  );
}

function Question({ what, close }: { what: Asked; close: () => void }) {
  const action = actions[what.id];
  const name = useStore(ownName);
  const who = useStore(session);
  const [notes, setNotes] = useState("");
  const { since, failure, send } = useSending(what);
  const ready = !action.reason || notes.trim().length > 2;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && since === null) void send(notes.trim());
      }}
    >
      <p class="will">{named("will", what.id)}</p>
      {action.danger && (
        <p class="danger-note">
          <Icon name="warn" /> {t("not_taken_back")}
        </p>
      )}
      {what.subject.mo_id !== undefined || what.subject.alert_id !== undefined || action.reason ? (
        <label>
          <span>{action.reason ? t("reason_wanted") : t("reason_optional")}</span>
          <textarea
            rows={2}
            maxLength={400}
            value={notes}
            required={action.reason}
            onInput={(event) => setNotes(event.currentTarget.value.replace(/[\n\r\t]+/g, " "))}
          />
        </label>
      ) : null}
      {who?.auth === "off" && (
        <label>
          <span>{t("your_name")}</span>
          <input value={name} maxLength={64} autoComplete="name" onInput={(event) => ownName.set(event.currentTarget.value)} />
        </label>
      )}
      {failure && <Problem failure={failure} />}
      {since !== null && <Working since={since} />}
      <div class="buttons">
        <button type="submit" class={action.danger ? "danger" : "main"} disabled={!ready || since !== null}>
          {failure ? t("try_again") : named("do", what.id)}
        </button>
        <button type="button" onClick={close}>
          {since === null ? t("do_nothing") : t("close")}
        </button>
      </div>
    </form>
  );
}

/** Asks before anything is done, and says what will happen. */
export function ActionDialog() {
  const what = useStore(asked);
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!what || !element.current) return;
    const opener = document.activeElement;
    element.current.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [what]);
  if (!what) return null;
  const close = () => asked.set(null);
  return (
    <dialog ref={element} aria-labelledby="asked-title" onClose={close} onCancel={close}>
      <h2 id="asked-title">{named("do", what.id)}</h2>
      <p class="subject">{subjectText(what.subject)}</p>
      {may(actions[what.id].role) ? (
        <Question key={`${what.id}/${what.subject.mo_id}/${what.subject.alert_id}`} what={what} close={close} />
      ) : (
        <NotAllowed id={what.id} close={close} />
      )}
    </dialog>
  );
}

interface ButtonProps {
  id: ActionId;
  subject?: Subject;
  main?: boolean;
}

export function ActionButton({ id, subject = {}, main }: ButtonProps) {
  return (
    <button type="button" class={main ? "main" : ""} aria-haspopup="dialog" onClick={() => ask(id, subject)}>
      {named("do", id)}
    </button>
  );
}
