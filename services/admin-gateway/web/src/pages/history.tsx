import { useState } from "preact/hooks";
import { apiUrl, query } from "../api/client";
import { useResource } from "../api/resource";
import type { HistoryPage as HistoryAnswer, HistoryRow, Overview } from "../api/shapes";
import { dateTime, kg, number } from "../format";
import { Empty, Loaded } from "../parts/panel";
import { BatchState } from "../parts/status";
import { Table } from "../parts/table";
import { go, href, route } from "../route";
import { useStore } from "../store";
import { t, named } from "../texts";
import { told } from "../texts/sentences";

const pageSize = 25;
const statuses = ["completed", "failed", "cancelled", "cleared"];
const filterNames = ["search", "status", "line", "from", "to", "sort"] as const;
type Filters = Record<(typeof filterNames)[number], string>;

function useFilters(): { filters: Filters; offset: number } {
  const { parameters } = useStore(route);
  const filters = Object.fromEntries(filterNames.map((name) => [name, parameters.get(name) ?? ""])) as Filters;
  return { filters, offset: Math.max(0, Number(parameters.get("offset") ?? 0) || 0) };
}

export function HistoryTabs({ here }: { here: "history" | "trends" }) {
  return (
    <nav class="tabs" aria-label={t("nav_history")}>
      <a href={href(["history"])} aria-current={here === "history" ? "page" : undefined}>
        {t("archive")}
      </a>
      <a href={href(["trends"])} aria-current={here === "trends" ? "page" : undefined}>
        {t("trends")}
      </a>
    </nav>
  );
}

export function useLineNames(): string[] {
  return useResource<Overview>("overview").data?.lines.map((line) => line.line) ?? [];
}

function FilterForm({ filters }: { filters: Filters }) {
  const [wish, setWish] = useState(filters);
  const lines = useLineNames();
  const change = (name: keyof Filters) => (event: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
    setWish({ ...wish, [name]: event.currentTarget.value });
  return (
    <form
      class="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        go(href(["history"], wish));
      }}
    >
      <label>
        <span>{t("search")}</span>
        <input type="search" value={wish.search} maxLength={64} placeholder={t("search_hint")} onInput={change("search")} />
      </label>
      <label>
        <span>{t("status")}</span>
        <select value={wish.status} onChange={change("status")}>
          <option value="">{t("all")}</option>
          {statuses.map((one) => (
            <option value={one} key={one}>
              {named("state", one)}
            </option>
          ))}
        </select>
      </label>
      {lines.length > 1 && (
        <label>
          <span>{t("line")}</span>
          <select value={wish.line} onChange={change("line")}>
            <option value="">{t("all")}</option>
            {lines.map((one) => (
              <option value={one} key={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        <span>{t("from")}</span>
        <input type="date" value={wish.from} onInput={change("from")} />
      </label>
      <label>
        <span>{t("to")}</span>
        <input type="date" value={wish.to} onInput={change("to")} />
      </label>
      <label>
        <span>{t("sort")}</span>
        <select value={wish.sort} onChange={change("sort")}>
          <option value="">{t("newest_first")}</option>
          <option value="archived_at">{t("oldest_first")}</option>
        </select>
      </label>
      <div class="buttons">
        <button type="submit" class="main">
          {t("find")}
        </button>
        <a class="button" href={href(["history"])} onClick={() => setWish(Object.fromEntries(filterNames.map((n) => [n, ""])) as Filters)}>
          {t("clear_filter")}
        </a>
      </div>
    </form>
  );
}

function Rows({ rows }: { rows: HistoryRow[] }) {
  if (rows.length === 0) return <Empty>{t("nothing_found")}</Empty>;
  return (
    <Table
      caption={t("archive")}
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        { head: t("order"), cell: (row) => <a href={href(["batch", row.mo_id])}>{row.mo_id}</a> },
        { head: t("product"), cell: (row) => row.finished_goods },
        { head: t("line"), cell: (row) => row.equipment_id_batch },
        { head: t("status"), cell: (row) => <BatchState state={row.status === "completed" ? "archived" : row.status} /> },
        { head: t("ordered"), number: true, cell: (row) => kg(row.consumption, 0) },
        { head: t("weight"), number: true, cell: (row) => kg(row.actual_weight_quantity_finished_goods) },
        { head: t("finished_at"), cell: (row) => dateTime(row.finished_at) },
        { head: t("archived_at"), cell: (row) => dateTime(row.archived_at) },
        { head: t("notes"), cell: (row) => told(row.notes ?? "") },
      ]}
    />
  );
}

function Paging({ page, filters }: { page: HistoryAnswer; filters: Filters }) {
  const last = Math.min(page.offset + page.histories.length, page.total);
  const at = (offset: number) => href(["history"], { ...filters, offset: offset > 0 ? offset : undefined });
  return (
    <nav class="paging" aria-label={t("pages")}>
      {page.offset > 0 ? <a class="button" href={at(Math.max(0, page.offset - pageSize))} rel="prev">{t("previous")}</a> : <span />}
      <span>{t("a_to_b_of_n", { a: number(page.histories.length ? page.offset + 1 : 0), b: number(last), n: number(page.total) })}</span>
      {last < page.total ? <a class="button" href={at(page.offset + pageSize)} rel="next">{t("next")}</a> : <span />}
    </nav>
  );
}

export function HistoryPage() {
  const { filters, offset } = useFilters();
  const view = useResource<HistoryAnswer>(`admin/history${query({ ...filters, limit: pageSize, offset })}`, /^batch\.(archived|cancelled|decided)/);
  const csv = (separator: string) => apiUrl(`history.csv${query({ ...filters, separator })}`);
  return (
    <>
      <h1 tabIndex={-1}>{t("nav_history")}</h1>
      <HistoryTabs here="history" />
      <FilterForm key={JSON.stringify(filters)} filters={filters} />
      <Loaded view={view}>
        {(data) => (
          <>
            <Rows rows={data.histories} />
            <Paging page={data} filters={filters} />
            <p class="buttons">
              <a class="button" href={csv(",")} download="millrace-history.csv">
                {t("export_csv")}
              </a>
              <a class="button" href={csv(";")} download="millrace-history.csv">
                {t("export_excel")}
              </a>
            </p>
          </>
        )}
      </Loaded>
    </>
  );
}
