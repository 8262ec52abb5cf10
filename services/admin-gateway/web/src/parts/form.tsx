import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Failure } from "../api/client";
import { t } from "../texts";
import { Problem } from "./panel";

interface Props {
  /** On the button. */
  send: string;
  action: () => Promise<void>;
  ready?: boolean;
  class?: string;
  children: ComponentChildren;
}

/** A form that says that it works, and why it did not. */
export function Form({ send, action, ready = true, children, ...rest }: Props) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (busy || !ready) return;
    setBusy(true);
    setFailure(null);
    try {
      await action();
    } catch (why) {
      setFailure(why as Failure);
    } finally {
      setBusy(false);
    }
  }
  return (
    <form class={rest.class} onSubmit={(event) => void submit(event)}>
      {children}
      {failure && <Problem failure={failure} />}
      <button type="submit" class="main" disabled={busy || !ready}>
        {busy ? t("sending") : send}
      </button>
    </form>
  );
}

interface FieldProps {
  label: string;
  value: string;
  set: (value: string) => void;
  type?: string;
  autoComplete?: string;
  hint?: string;
  minLength?: number;
}

export function Field({ label, value, set, hint, ...rest }: FieldProps) {
  return (
    <label>
      <span>{label}</span>
      <input value={value} maxLength={200} required onInput={(event) => set(event.currentTarget.value)} {...rest} />
      {hint && <small>{hint}</small>}
    </label>
  );
}
