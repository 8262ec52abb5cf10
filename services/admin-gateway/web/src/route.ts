import { Store } from "./store";

/** The part after '#': segments of a path and parameters. */
export interface Route {
  path: string[];
  parameters: URLSearchParams;
}

function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const decode = (part: string) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  return { path: path.split("/").filter(Boolean).map(decode), parameters: new URLSearchParams(query) };
}

export const route = new Store<Route>(parse(location.hash));
addEventListener("hashchange", () => route.set(parse(location.hash)));

export function href(path: (string | number)[], parameters: Record<string, string | number | undefined> = {}): string {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== "");
  const query = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return `#/${path.map((part) => encodeURIComponent(String(part))).join("/")}${query ? `?${query}` : ""}`;
}

export function go(to: string): void {
  location.hash = to;
}

/** ?kiosk in the address: a wall screen, nothing to press. */
export const kiosk = new URLSearchParams(location.search).has("kiosk");
