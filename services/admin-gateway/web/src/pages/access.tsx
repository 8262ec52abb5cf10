import { useState } from "preact/hooks";
import { call } from "../api/client";
import { Field, Form } from "../parts/form";
import { announce } from "../parts/notices";
import { Status } from "../parts/status";
import { go, href, route } from "../route";
import { loadSession, logIn, session, setUp } from "../session";
import { useStore } from "../store";
import { t } from "../texts";

const leastPassword = 10;

/** Where to go after the login; only inside this page. */
function backTo(): string {
  const wish = route.get().parameters.get("back") ?? "";
  return wish.startsWith("#/") ? wish : href([]);
}

export function LoginPage() {
  const who = useStore(session);
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  return (
    <div class="narrow">
      <h1 tabIndex={-1}>{t("log_in")}</h1>
      {who?.setup_needed && <p class="hold">{t("setup_needed")}</p>}
      <Form
        send={t("log_in")}
        ready={user !== "" && password !== ""}
        action={async () => {
          await logIn(user.trim(), password);
          go(backTo());
        }}
      >
        <Field label={t("user")} value={user} set={setUser} autoComplete="username" />
        <Field label={t("password")} value={password} set={setPassword} type="password" autoComplete="current-password" />
      </Form>
      {who?.guests && !who.authenticated && (
        <p>
          <a href={href([])}>{t("look_only")}</a>
        </p>
      )}
    </div>
  );
}

function useNewPassword() {
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const fields = (
    <>
      <Field label={t("new_password")} value={first} set={setFirst} type="password" autoComplete="new-password" hint={t("password_hint", { n: leastPassword })} />
      <Field label={t("repeat_password")} value={second} set={setSecond} type="password" autoComplete="new-password" />
      {second !== "" && first !== second && <Status tone="warn">{t("passwords_differ")}</Status>}
    </>
  );
  return { password: first, fields, ready: first.length >= leastPassword && first === second };
}

export function SetupPage() {
  const token = route.get().parameters.get("token") ?? "";
  const [user, setUser] = useState("admin");
  const { password, fields, ready } = useNewPassword();
  return (
    <div class="narrow">
      <h1 tabIndex={-1}>{t("setup")}</h1>
      <p>{t("setup_text")}</p>
      {token === "" && <Status tone="warn">{t("setup_no_token")}</Status>}
      <Form
        send={t("create_admin")}
        ready={ready && token !== "" && user !== ""}
        action={async () => {
          await setUp(token, user.trim(), password);
          announce("good", t("setup_done"));
          go(href([]));
        }}
      >
        <Field label={t("user")} value={user} set={setUser} autoComplete="username" />
        {fields}
      </Form>
    </div>
  );
}

export function PasswordPage() {
  const [old, setOld] = useState("");
  const { password, fields, ready } = useNewPassword();
  return (
    <div class="narrow">
      <h1 tabIndex={-1}>{t("change_password")}</h1>
      <Form
        send={t("change_password")}
        ready={ready && old !== ""}
        action={async () => {
          await call("session/password", { method: "POST", body: { old, new: password } });
          await loadSession();
          announce("good", t("password_changed"));
          go(href([]));
        }}
      >
        <Field label={t("old_password")} value={old} set={setOld} type="password" autoComplete="current-password" />
        {fields}
      </Form>
    </div>
  );
}
