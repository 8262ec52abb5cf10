import { useState } from "preact/hooks";
import { segment } from "../api/client";
import { useResource } from "../api/resource";
import type { Memory, MemorySlot } from "../api/shapes";
import { clock, none, number } from "../format";
import { Loaded, Panel } from "../parts/panel";
import { Status } from "../parts/status";
import { Table } from "../parts/table";
import { href, route } from "../route";
import { useStore } from "../store";
import { t } from "../texts";
import { told } from "../texts/sentences";
import { lineEvents } from "./slot_strip";

const wordsPerRow = 10;
const slotStep = 100;
const slotWords = 77;

function problemText(problem: MemorySlot["problem"]): string {
  return problem ? `${problem.field}: ${told(problem.rule)} (${problem.raw_words.join(" ")})` : "";
}

function flag(value: boolean | number): string {
  return value === true || value === 1 ? "1" : "0";
}

function Fields({ memory }: { memory: Memory }) {
  return (
    <Table
      caption={t("memory_fields")}
      rows={memory.slots}
      keyOf={(slot) => slot.slot}
      columns={[
        { head: t("slot"), cell: (slot) => <b>{slot.slot}</b> },
        { head: t("address"), cell: (slot) => <code>{slot.address}</code> },
        { head: t("order"), cell: (slot) => slot.order_name || none },
        { head: "BoM", cell: (slot) => slot.bom_code || none },
        { head: t("product"), cell: (slot) => slot.finished_goods || none },
        { head: t("ordered"), number: true, cell: (slot) => number(slot.quantity, 2) },
        { head: t("weight"), number: true, cell: (slot) => number(slot.weight, 2) },
        { head: t("short_finished"), cell: (slot) => flag(slot.status_manufacturing) },
        { head: t("short_failed"), cell: (slot) => flag(slot.status_operation) },
        { head: t("short_flag"), cell: (slot) => flag(slot.status_read_data) },
        {
          head: t("dosing"),
          cell: (slot) => (
            <details>
              <summary>{t("n_points", { n: slot.dosing.filter((one) => one.amount > 0).length })}</summary>
              <ul class="plain-list">
                {slot.dosing.map((one) => (
                  <li key={one.tag}>
                    {one.id} {one.tag}: {number(one.amount, 2)}
                  </li>
                ))}
              </ul>
            </details>
          ),
        },
        { head: t("problem"), cell: (slot) => (slot.problem ? <Status tone="warn">{problemText(slot.problem)}</Status> : "") },
      ]}
    />
  );
}

/** Two characters a word, as the PLC stores text. */
function asText(words: number[]): string {
  const show = (byte: number) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·");
  return words.map((word) => show((word >> 8) & 255) + show(word & 255)).join("");
}

function RawWords({ memory, slot, hex }: { memory: Memory; slot: number; hex: boolean }) {
  const from = (slot - 1) * slotStep;
  const words = memory.words.slice(from, from + slotWords);
  const rows = Array.from({ length: Math.ceil(words.length / wordsPerRow) }, (_, i) => i * wordsPerRow);
  const show = (word: number) => (hex ? (word & 0xffff).toString(16).toUpperCase().padStart(4, "0") : String(word));
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t("raw_words")}>
      <table class="raw">
        <caption class="unseen">{t("raw_words")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("address")}</th>
            {Array.from({ length: wordsPerRow }, (_, i) => (
              <th scope="col" key={i}>
                +{i}
              </th>
            ))}
            <th scope="col">ASCII</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((start) => {
            const part = words.slice(start, start + wordsPerRow);
            return (
              <tr key={start}>
                <th scope="row">D{memory.base + from + start}</th>
                {Array.from({ length: wordsPerRow }, (_, i) => (
                  <td key={i} class={part[i] ? "" : "dim"}>
                    {part[i] === undefined ? "" : show(part[i]!)}
                  </td>
                ))}
                <td>{asText(part)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function PlcPage({ line }: { line: string }) {
  const { parameters } = useStore(route);
  const area = parameters.get("area") === "write" ? "write" : "read";
  const [slot, setSlot] = useState(1);
  const [hex, setHex] = useState(false);
  const view = useResource<Memory>(`plc/${segment(line)}/memory?area=${area}`, lineEvents);
  return (
    <>
      <h1 tabIndex={-1}>{t("memory_of", { line })}</h1>
      <nav class="tabs" aria-label={t("memory_area")}>
        <a href={href(["plc", line], { area: "read" })} aria-current={area === "read" ? "page" : undefined}>
          {t("area_read")}
        </a>
        <a href={href(["plc", line], { area: "write" })} aria-current={area === "write" ? "page" : undefined}>
          {t("area_write")}
        </a>
      </nav>
      <Loaded view={view}>
        {(data) => (
          <>
            <p class="row">
              <span>
                {t("read_at")} {clock(data.read_at)}
              </span>
              <button type="button" onClick={view.reload}>
                {t("read_again")}
              </button>
            </p>
            <Panel title={t("memory_fields")}>
              <Fields memory={data} />
            </Panel>
            <Panel title={t("raw_words")}>
              <div class="filters">
                <label>
                  <span>{t("slot")}</span>
                  <select value={slot} onChange={(event) => setSlot(Number(event.currentTarget.value))}>
                    {data.slots.map((one) => (
                      <option key={one.slot} value={one.slot}>
                        {one.slot} {one.order_name}
                      </option>
                    ))}
                  </select>
                </label>
                <label class="check">
                  <input type="checkbox" checked={hex} onChange={(event) => setHex(event.currentTarget.checked)} />
                  <span>{t("hexadecimal")}</span>
                </label>
              </div>
              <RawWords memory={data} slot={slot} hex={hex} />
            </Panel>
          </>
        )}
      </Loaded>
    </>
  );
}
