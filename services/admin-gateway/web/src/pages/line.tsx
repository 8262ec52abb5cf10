import { segment } from "../api/client";
import { useResource } from "../api/resource";
import type { Memory, MemorySlot, Slot } from "../api/shapes";
import { kg } from "../format";
import { ActionButton } from "../parts/action_dialog";
import { DosingColumns, DosingTable } from "../parts/dosing";
import { Loaded, Panel, Problem } from "../parts/panel";
import { Ago, BatchState, stateTone, Status } from "../parts/status";
import { href } from "../route";
import { named, t } from "../texts";
import { lineEvents, Progress, useLine } from "./slot_strip";

const isSet = (flag: boolean | number | undefined) => flag === true || flag === 1;

/** Whose turn it is, by the two handshake words of a slot. */
function Flags({ read, write }: { read?: MemorySlot; write?: MemorySlot }) {
  return (
    <dl class="flags">
      <div>
        <dt>{t("flag_read")}</dt>
        <dd>{read ? (isSet(read.status_read_data) ? t("flag_read_1") : t("flag_read_0")) : "–"}</dd>
      </div>
      <div>
        <dt>{t("flag_write")}</dt>
        <dd>{write ? (isSet(write.status_read_data) ? t("flag_write_1") : t("flag_write_0")) : "–"}</dd>
      </div>
    </dl>
  );
}

function SlotCard({ slot, read, write }: { slot: Slot; read?: MemorySlot; write?: MemorySlot }) {
  if (slot.empty)
    return (
      <li class="card vacant">
        <h2>
          <span class="slot-number">{slot.slot}</span> {t("slot_empty")}
        </h2>
        <Flags read={read} write={write} />
      </li>
    );
  const finished = slot.status_manufacturing;
  return (
    <li class={`card ${stateTone(slot)}`}>
      <h2>
        <span class="slot-number">{slot.slot}</span> <a href={href(["batch", slot.mo_id])}>{slot.mo_id}</a>
      </h2>
      <p class="product">{slot.finished_goods}</p>
      <p class="row">
        <BatchState state={slot.state} hold={slot.hold} /> <Progress slot={slot} />
      </p>
      {slot.hold && (
        <p class="small">
          {named("trouble", slot.hold.kind)}. <a href={href(["stuck"])}>{t("what_to_do")}</a>
        </p>
      )}
      <DosingColumns points={slot.dosing} finished={finished} />
      <p class="small">
        {t("ordered")} {kg(slot.ordered, 0)} · {t("weight")} {kg(slot.weight)} · {t("last_read")} <Ago at={slot.last_read} />
      </p>
      <Flags read={read} write={write} />
      <details>
        <summary>{t("all_dosing_points")}</summary>
        <DosingTable points={slot.dosing} finished={finished} />
      </details>
    </li>
  );
}

export function LinePage({ line }: { line: string }) {
  const view = useLine(line);
  const read = useResource<Memory>(`plc/${segment(line)}/memory?area=read`, lineEvents);
  const write = useResource<Memory>(`plc/${segment(line)}/memory?area=write`, lineEvents);
  const slotOf = (memory: Memory | undefined, number: number) => memory?.slots.find((one) => one.slot === number);
  return (
    <>
      <h1 tabIndex={-1}>{t("line_name", { line })}</h1>
      <Loaded view={view}>
        {(data) => (
          <>
            <p class="row">
              {data.reachable ? <Status tone="good">{t("plc_reachable")}</Status> : <Status tone="bad">{t("plc_unreachable")}</Status>}
              <span>
                {t("last_read")} <Ago at={data.last_read} />
              </span>
              <a href={href(["plc", line])}>{t("see_memory")}</a>
            </p>
            {(read.error ?? write.error) && (
              <Problem failure={(read.error ?? write.error)!} retry={read.error ? read.reload : write.reload} />
            )}
            <p class="legend">
              <span class="swatch planned" /> {t("planned")} <span class="swatch actual" /> {t("actual")}{" "}
              <span class="swatch over" /> ▲ {t("too_much")} <span class="swatch under" /> ▼ {t("too_little")}
            </p>
            <ol class="slots">
              {data.slots.map((slot) => (
                <SlotCard key={slot.slot} slot={slot} read={slotOf(read.data, slot.slot)} write={slotOf(write.data, slot.slot)} />
              ))}
            </ol>
            <Panel title={t("whole_queue")}>
              <p>{t("whole_queue_text")}</p>
              <div class="buttons">
                <ActionButton id="clear" subject={{ line }} />
                <ActionButton id="reset_task1" subject={{ line }} />
              </div>
            </Panel>
          </>
        )}
      </Loaded>
    </>
  );
}
