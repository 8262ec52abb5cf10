import { useResource } from "../api/resource";
import type { LinePicture, Slot } from "../api/shapes";
import { percent } from "../format";
import { Loaded } from "../parts/panel";
import { BatchState, stateTone } from "../parts/status";
import { href } from "../route";
import { segment } from "../api/client";
import { named, t } from "../texts";

export const lineEvents = /^(batch|plc|queue|odoo\.pushed|line)/;

export function useLine(line: string) {
  return useResource<LinePicture>(`lines/${segment(line)}`, lineEvents);
}

export function Progress({ slot }: { slot: Slot }) {
  const share = Math.min(1, Math.max(0, slot.progress));
  return (
    <span class="progress">
      <progress max={1} value={share} aria-label={t("progress")} />
      <span>{percent(share)}</span>
    </span>
  );
}

function Small({ slot }: { slot: Slot }) {
  if (slot.empty)
    return (
      <li class="slot vacant">
        <b class="slot-number">{slot.slot}</b>
        <span class="dim">{t("slot_empty")}</span>
      </li>
    );
  return (
    <li class={`slot ${stateTone(slot)}`}>
      <b class="slot-number">{slot.slot}</b>
      <a href={href(["batch", slot.mo_id])}>{slot.mo_id}</a>
      <span class="product">{slot.finished_goods}</span>
      <BatchState state={slot.state} hold={slot.hold} />
      {slot.hold ? <span class="small">{named("trouble", slot.hold.kind)}</span> : <Progress slot={slot} />}
    </li>
  );
}

/** The ten slots of a line at a glance. */
export function SlotStrip({ line }: { line: string }) {
  const view = useLine(line);
  return (
    <Loaded view={view}>
      {(data) => (
        <ol class="strip">
          {data.slots.map((slot) => (
            <Small key={slot.slot} slot={slot} />
          ))}
        </ol>
      )}
    </Loaded>
  );
}
