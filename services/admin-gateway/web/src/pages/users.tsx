import { useState } from "preact/hooks";
import { call, type Failure, query, segment } from "../api/client";
import { reloadAll, useResource } from "../api/resource";
import type { Role, Token, User } from "../api/shapes";
import { dateTime, none } from "../format";
import { Field, Form } from "../parts/form";
import { announce } from "../parts/notices";
import { Empty, failureText, Loaded, Panel } from "../parts/panel";
import { Ago, Status } from "../parts/status";
import { Table } from "../parts/table";
import { loadSession, may, session } from "../session";
import { useStore } from "../store";
import { named, t } from "../texts";

const roles: Role[] = ["viewer", "operator", "admin"];

function RoleChoice({ value, set, most = "admin" }: { value: Role; set: (role: Role) => void; most?: Role }) {
  return (
    <label>
      <span>{t("role")}</span>
      <select value={value} onChange={(event) => set(event.currentTarget.value as Role)}>
        {roles.slice(0, roles.indexOf(most) + 1).map((one) => (
          <option key={one} value={one}>
            {named("role", one)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What cannot be taken back is pressed twice. */
function SureButton({ text, sure, act }: { text: string; sure: string; act: () => void }) {
  const [asked, setAsked] = useState(false);
  const press = () => {
    if (asked) act();
    setAsked(!asked);
  };
  return (
    <button type="button" class={asked ? "danger" : ""} onClick={press}>
      {asked ? sure : text}
    </button>
  );
}

function RevokeAll({ user, reload }: { user: string; reload: () => void }) {
  const act = () => void tell(t("tokens_revoked", { user }), call(`tokens${query({ user })}`, { method: "DELETE" }), reload);
  return <SureButton text={t("revoke_all")} sure={t("really_revoke", { user })} act={act} />;
}

/** Small changes in a list: done at once, told either way. */
async function tell(what: string, change: Promise<unknown>, reload: () => void): Promise<void> {
  try {
    await change;
    announce("good", what);
  } catch (why) {
    announce("bad", `${what}: ${failureText(why as Failure)}`);
  }
  reload();
}

function NewUser({ reload }: { reload: () => void }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("operator");
  return (
    <Form
      class="filters"
      send={t("add_user")}
      ready={user !== "" && password !== ""}
      action={async () => {
        await call("users", { method: "POST", body: { user: user.trim(), role, password } });
        announce("good", t("user_added", { user }));
        setUser("");
        setPassword("");
        reload();
      }}
    >
      <Field label={t("user")} value={user} set={setUser} autoComplete="off" />
      <Field label={t("new_password")} value={password} set={setPassword} type="password" autoComplete="new-password" />
      <RoleChoice value={role} set={setRole} />
    </Form>
  );
}

function UserButtons({ user, reload }: { user: User; reload: () => void }) {
  const path = `users/${segment(user.user)}`;
  const change = (what: string, body: object) => void tell(what, call(path, { method: "PUT", body }), reload);
  return (
    <div class="buttons">
      <button type="button" onClick={() => change(t(user.disabled ? "user_enabled" : "user_disabled", { user: user.user }), { disabled: !user.disabled })}>
        {t(user.disabled ? "enable" : "disable")}
      </button>
      <RevokeAll user={user.user} reload={reload} />
      <button type="button" onClick={() => void tell(t("sessions_ended", { user: user.user }), call(`sessions${query({ user: user.user })}`, { method: "DELETE" }), reload)}>
        {t("end_sessions")}
      </button>
      <SureButton
        text={t("delete")}
        sure={t("really_delete", { user: user.user })}
        act={() => void tell(t("user_deleted", { user: user.user }), call(path, { method: "DELETE" }), reload)}
      />
    </div>
  );
}

function NewPassword({ user, reload }: { user: User; reload: () => void }) {
  const [password, setPassword] = useState("");
  return (
    <details>
      <summary>{t("new_password")}</summary>
      <Form
        send={t("save")}
        ready={password !== ""}
        action={async () => {
          await call(`users/${segment(user.user)}`, { method: "PUT", body: { password } });
          announce("good", t("password_changed"));
          setPassword("");
          reload();
        }}
      >
        <Field label={t("new_password")} value={password} set={setPassword} type="password" autoComplete="new-password" />
      </Form>
    </details>
  );
}

function Users() {
  const view = useResource<{ users: User[] }>("users", null);
  const changeRole = (user: User, role: Role) =>
    void tell(t("role_changed", { user: user.user, role: named("role", role) }), call(`users/${segment(user.user)}`, { method: "PUT", body: { role } }), view.reload);
  return (
    <Panel title={t("users")} class="wide">
      <Loaded view={view}>
        {(data) => (
          <Table
            caption={t("users")}
            rows={data.users}
            keyOf={(one) => one.user}
            columns={[
              { head: t("user"), cell: (one) => <b>{one.user}</b> },
              { head: t("role"), cell: (one) => <RoleChoice value={one.role} set={(role) => changeRole(one, role)} /> },
              { head: t("state"), cell: (one) => (one.disabled ? <Status tone="off">{t("disabled")}</Status> : t("active")) },
              { head: t("last_login"), cell: (one) => (one.last_login_at ? <Ago at={one.last_login_at} /> : none) },
              { head: t("password"), cell: (one) => <NewPassword user={one} reload={view.reload} /> },
              { head: t("actions"), cell: (one) => <UserButtons user={one} reload={view.reload} /> },
            ]}
          />
        )}
      </Loaded>
      <h3>{t("add_user")}</h3>
      <NewUser reload={view.reload} />
    </Panel>
  );
}

function NewToken({ reload }: { reload: () => void }) {
  const who = useStore(session);
  const [label, setLabel] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("365");
  const [made, setMade] = useState("");
  return (
    <>
      <Form
        class="filters"
        send={t("make_token")}
        ready={label !== ""}
        action={async () => {
          const expires_days = Number(days) || undefined;
          const { data } = await call<{ token: string }>("tokens", { method: "POST", body: { label, role, expires_days } });
          setMade(data.token);
          setLabel("");
          reload();
        }}
      >
        <Field label={t("token_label")} value={label} set={setLabel} autoComplete="off" />
        <RoleChoice value={role} set={setRole} most={who?.role === "nobody" ? "viewer" : (who?.role ?? "viewer")} />
        <Field label={t("expires_days")} value={days} set={setDays} type="number" />
      </Form>
      {made && (
        <div class="hold" role="status">
          <p>{t("token_once")}</p>
          <p>
            <code class="token">{made}</code>
          </p>
          <button type="button" onClick={() => setMade("")}>
            {t("token_copied")}
          </button>
        </div>
      )}
    </>
  );
}

function Tokens() {
  const view = useResource<{ tokens: Token[] }>("tokens", null);
  const revoke = (one: Token) => void tell(t("token_revoked", { label: one.label }), call(`tokens/${segment(one.id)}`, { method: "DELETE" }), view.reload);
  return (
    <Panel title={t("tokens")} class="wide">
      <p>{t("tokens_text")}</p>
      <Loaded view={view}>
        {(data) =>
          data.tokens.length === 0 ? (
            <Empty>{t("no_tokens")}</Empty>
          ) : (
            <Table
              caption={t("tokens")}
              rows={data.tokens}
              keyOf={(one) => one.id}
              columns={[
                { head: t("token_label"), cell: (one) => <b>{one.label}</b> },
                { head: t("user"), cell: (one) => one.user },
                { head: t("role"), cell: (one) => named("role", one.role) },
                { head: t("expires"), cell: (one) => dateTime(one.expires_at) },
                { head: t("last_used"), cell: (one) => (one.last_used_at ? <Ago at={one.last_used_at} /> : none) },
                {
                  head: t("actions"),
                  cell: (one) => (
                    <button type="button" onClick={() => revoke(one)}>
                      {t("revoke")}
                    </button>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <NewToken reload={view.reload} />
    </Panel>
  );
}

/** What a person does who has lost a phone or a token. */
function MyAccess({ user }: { user: string }) {
  return (
    <Panel title={t("my_access")} class="wide">
      <p>{t("my_access_text")}</p>
      <div class="buttons">
        <RevokeAll user={user} reload={reloadAll} />
        <button type="button" class="danger" onClick={() => void tell(t("sessions_ended", { user }), call(`sessions${query({ user })}`, { method: "DELETE" }), () => void loadSession())}>
          {t("end_sessions")}
        </button>
      </div>
    </Panel>
  );
}

export function UsersPage() {
  const who = useStore(session);
  return (
    <>
      <h1 tabIndex={-1}>{t("nav_users")}</h1>
      {who?.auth === "off" ? (
        <Empty>{t("auth_off")}</Empty>
      ) : (
        <div class="grid">
          {may("admin", who) && <Users />}
          <Tokens />
          {who?.authenticated && <MyAccess user={who.user} />}
        </div>
      )}
    </>
  );
}
