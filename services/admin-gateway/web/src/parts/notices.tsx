import { Store, useStore } from "../store";
import { t } from "../texts";
import { Icon } from "./icons";
import type { Tone } from "./status";

interface Notice {
  number: number;
  tone: Tone;
  text: string;
}

const shownMs = 12_000;
const notices = new Store<Notice[]>([]);
let last = 0;

function drop(number: number): void {
  notices.set(notices.get().filter((one) => one.number !== number));
}

/** Said once, read out by a screen reader, gone after a while. */
export function announce(tone: Tone, text: string): void {
  const number = ++last;
  notices.set([...notices.get().slice(-3), { number, tone, text }]);
  setTimeout(() => drop(number), shownMs);
}

export function Notices() {
  const shown = useStore(notices);
  return (
    <div class="notices" role="status" aria-live="polite">
      {shown.map((one) => (
        <p key={one.number} class={`notice ${one.tone}`}>
          <Icon name={one.tone === "good" ? "ok" : one.tone === "bad" ? "bad" : "info"} />
          <span>{one.text}</span>
          <button type="button" class="plain" aria-label={t("close")} onClick={() => drop(one.number)}>
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  );
}
