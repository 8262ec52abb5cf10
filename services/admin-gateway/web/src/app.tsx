import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Failure, lostSince } from "./api/client";
import { hurryLive, startLive, stopLive, streaming } from "./api/live";
import { reloadAll, useResource } from "./api/resource";
import type { Overview } from "./api/shapes";
import { clock } from "./format";
import { LoginPage, PasswordPage, SetupPage } from "./pages/access";
import { useAttention } from "./pages/attention";
import { BatchPage } from "./pages/batch";
import { HistoryPage } from "./pages/history";
import { LinePage } from "./pages/line";
import { OverviewPage } from "./pages/overview";
import { PlcPage } from "./pages/plc";
import { StuckPage } from "./pages/stuck";
import { TasksPage } from "./pages/tasks";
import { TrendsPage } from "./pages/trends";
import { UsersPage } from "./pages/users";
import { ActionDialog } from "./parts/action_dialog";
import { Icon } from "./parts/icons";
import { announce, Notices } from "./parts/notices";
import { failureText, Problem } from "./parts/panel";
import { RunningActions } from "./parts/running_actions";
import { href, kiosk, type Route, route } from "./route";
import { loadSession, logOut, may, session } from "./session";
import { now, useStore } from "./store";
import { chosenLanguage, counted, named, t } from "./texts";
import { theme } from "./theme";

function useFirstLine(): string {
  return useResource<Overview>("overview").data?.lines[0]?.line ?? "";
}

function Nav({ close }: { close: () => void }) {
  const { path } = useStore(route);
  const who = useStore(session);
  const { mine } = useAttention();
  const view = useResource<Overview>("overview");
  const lines = view.data?.lines.map((line) => line.line) ?? [];
  const here = path[0] ?? "";
  const link = (to: string[], words: ComponentChildren, current = here === (to[0] ?? "")) => (
    <li key={to.join("/")}>
      <a href={href(to)} aria-current={current ? "page" : undefined} onClick={close}>
        {words}
      </a>
    </li>
  );
  return (
    <ul>
      {link([], t("nav_overview"))}
      {link(
        ["stuck"],
        <>
          {t("nav_stuck")}{" "}
          {mine > 0 && (
            <span class="badge">
              {mine}
              <span class="unseen"> {counted("needs_you_one", "needs_you_many", mine)}</span>
            </span>
          )}
        </>,
      )}
      {lines.map((line) => link(["line", line], t("line_name", { line }), here === "line" && path[1] === line))}
      {link(["history"], t("nav_history"), here === "history" || here === "trends")}
      {lines.map((line) => link(["plc", line], lines.length > 1 ? `${t("nav_plc")} ${line}` : t("nav_plc"), here === "plc" && path[1] === line))}
      {link(["tasks"], t("nav_tasks"))}
      {who?.auth === "on" && who.authenticated && link(["users"], may("admin", who) ? t("nav_users") : t("tokens"))}
    </ul>
  );
}

function Choices() {
  const shownTheme = useStore(theme);
  const shownLanguage = useStore(chosenLanguage);
  return (
    <div class="choices">
      <label>
        <span>{t("language")}</span>
        <select value={shownLanguage} onChange={(event) => chosenLanguage.set(event.currentTarget.value as "auto" | "en" | "id")}>
          <option value="auto">{t("by_browser")}</option>
          <option value="en" lang="en">English</option>
          <option value="id" lang="id">Bahasa Indonesia</option>
        </select>
      </label>
      <label>
        <span>{t("theme")}</span>
        <select value={shownTheme} onChange={(event) => theme.set(event.currentTarget.value as "auto" | "light" | "dark")}>
          <option value="auto">{t("by_browser")}</option>
          <option value="light">{t("light")}</option>
          <option value="dark">{t("dark")}</option>
        </select>
      </label>
    </div>
  );
}

function Account() {
  const who = useStore(session);
  if (!who || who.auth === "off") return null;
  if (!who.authenticated)
    return (
      <a class="button" href={href(["login"], { back: location.hash })}>
        {t("log_in")}
      </a>
    );
  return (
    <div class="account">
      <span>
        <Icon name="hand" /> {who.user} <span class="dim">({named("role", who.role)})</span>
      </span>
      <a href={href(["password"])}>{t("change_password")}</a>
      <button type="button" onClick={() => void logOut().catch((why) => announce("bad", failureText(why as Failure)))}>
        {t("log_out")}
      </button>
    </div>
  );
}

/** Says whether what is shown is of now. */
function LiveMark() {
  const open = useStore(streaming);
  const lost = useStore(lostSince);
  const time = useStore(now);
  const [tone, words] = lost !== null ? ["bad", t("live_lost")] : open ? ["good", t("live_on")] : ["calm", t("live_polling")];
  return (
    <span class={`live-mark ${tone}`}>
      <span class="dot" aria-hidden="true" />
      <span>{words}</span>
      <time>{clock(time)}</time>
    </span>
  );
}

function LostBanner() {
  const lost = useStore(lostSince);
  if (lost === null) return null;
  return (
    <div class="banner" role="alert">
      <Icon name="off" />
      <p>{t("lost_banner", { time: clock(lost) })}</p>
      <button
        type="button"
        onClick={() => {
          hurryLive();
          reloadAll();
        }}
      >
        {t("try_again")}
      </button>
    </div>
  );
}

function Header() {
  const [open, setOpen] = useState(false);
  return (
    <header class={`top ${open ? "open" : ""}`}>
      <a class="brand" href={href([])}>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M16 5.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15zM16 5.500v15M8.500 13h15M10.700 7.700l10.600 10.600M21.300 7.700L10.700 18.300M4 26.500c3-2 5 2 8 0s5 2 8 0 5 2 8 0" />
        </svg>
        Millrace
      </a>
      <LiveMark />
      <button type="button" class="menu-button" aria-expanded={open} aria-controls="menu" onClick={() => setOpen(!open)}>
        <Icon name={open ? "close" : "menu"} />
        <span>{t("menu")}</span>
      </button>
      <div id="menu" class="menu">
        <nav aria-label={t("main_menu")}>
          <Nav close={() => setOpen(false)} />
        </nav>
        <Choices />
        <Account />
      </div>
    </header>
  );
}

function NotFound() {
  return (
    <>
      <h1 tabIndex={-1}>{t("no_such_page")}</h1>
      <p>
        <a href={href([])}>{t("nav_overview")}</a>
      </p>
    </>
  );
}

function Page({ to, firstLine }: { to: Route; firstLine: string }) {
  const [first = "", second = ""] = to.path;
  switch (first) {
    case "":
      return <OverviewPage />;
    case "stuck":
      return <StuckPage />;
    case "line":
      return <LinePage key={second || firstLine} line={second || firstLine} />;
    case "batch":
      return <BatchPage key={second} mo_id={to.path.slice(1).join("/")} />;
    case "history":
      return <HistoryPage />;
    case "trends":
      return <TrendsPage />;
    case "plc":
      return <PlcPage key={second || firstLine} line={second || firstLine} />;
    case "tasks":
      return <TasksPage />;
    case "users":
      return <UsersPage />;
    case "password":
      return <PasswordPage />;
    default:
      return <NotFound />;
  }
}

/** After going to another page: its heading gets the focus and names the tab. */
function useArrival(to: Route): void {
  const place = to.path.join("/");
  const first = useRef(true);
  useEffect(() => {
    const heading = document.querySelector<HTMLElement>("main h1");
    document.title = heading ? `${heading.textContent} · Millrace` : "Millrace";
    if (!first.current) {
      heading?.focus();
      scrollTo(0, 0);
    }
    first.current = false;
  }, [place]);
}

function Inside({ to }: { to: Route }) {
  const firstLine = useFirstLine();
  useEffect(() => {
    void startLive();
    return stopLive;
  }, []);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        document.querySelector<HTMLElement>("main h1")?.focus();
      }}>
        {t("skip_to_content")}
      </a>
      {kiosk ? <div class="kiosk-top"><LiveMark /></div> : <Header />}
      <LostBanner />
      <RunningActions />
      <main id="main">
        <Page to={to} firstLine={firstLine} />
      </main>
      {!kiosk && <ActionDialog />}
    </>
  );
}

function Outside({ children }: { children: ComponentChildren }) {
  return (
    <>
      <LostBanner />
      <main id="main" class="outside">
        <p class="brand">Millrace</p>
        {children}
        <Choices />
      </main>
    </>
  );
}

export function App() {
  const to = useStore(route);
  const who = useStore(session);
  const [failure, setFailure] = useState<Failure | null>(null);
  const begin = () => {
    setFailure(null);
    loadSession().catch((why) => setFailure(why as Failure));
  };
  useEffect(begin, []);
  useArrival(to);
  if (!who)
    return (
      <Outside>
        <h1 tabIndex={-1} class="unseen">Millrace</h1>
        {failure ? <Problem failure={failure} retry={begin} /> : <p role="status">{t("loading")}</p>}
      </Outside>
    );
  const first = to.path[0];
  if (first === "setup") return <Outside><SetupPage /></Outside>;
  const mayLook = who.auth === "off" || who.authenticated || who.guests;
  if (first === "login" || !mayLook) return <Outside><LoginPage /></Outside>;
  return (
    <>
      <Inside to={to} />
      <Notices />
    </>
  );
}
