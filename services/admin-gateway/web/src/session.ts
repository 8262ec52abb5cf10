import { call, credentials, hooks } from "./api/client";
import type { Role, Session } from "./api/shapes";
import { remembered, Store } from "./store";

/** Null until the server has been asked. */
export const session = new Store<Session | null>(null);

/** For the audit trail when nobody logs in (ADMIN_AUTH=off). */
export const ownName = remembered<string>("name", "");

const ranks: Role[] = ["nobody", "viewer", "operator", "admin"];

export function may(needed: Role, who = session.get()): boolean {
  if (!who) return false;
  if (who.auth === "off") return true;
  return ranks.indexOf(who.role) >= ranks.indexOf(needed);
}

function take(who: Session): void {
  credentials.csrf = who.csrf ?? "";
  credentials.user = who.auth === "off" ? ownName.get().replace(/[^ -~]/g, "?").slice(0, 64) : "";
  session.set(who);
}

ownName.watch(() => {
  const who = session.get();
  if (who) take({ ...who });
});

export async function loadSession(): Promise<void> {
  take((await call<Session>("session")).data);
}

export async function logIn(user: string, password: string): Promise<void> {
  take((await call<Session>("session", { method: "POST", body: { user, password } })).data);
}

export async function logOut(): Promise<void> {
  await call("session", { method: "DELETE" });
  await loadSession();
}

export async function setUp(token: string, user: string, password: string): Promise<void> {
  take((await call<Session>("setup", { method: "POST", body: { token, user, password } })).data);
}

let asking = false;
hooks.onLoginWanted = () => {
  if (asking || !session.get()?.authenticated) return;
  asking = true; // the session ran out: the server says what is left of it
  void loadSession()
    .catch(() => {})
    .finally(() => (asking = false));
};
