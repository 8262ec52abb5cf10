import { remembered } from "./store";

export const theme = remembered<"auto" | "light" | "dark">("theme", "auto");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function apply(): void {
  const chosen = theme.get();
  const dark = chosen === "dark" || (chosen === "auto" && prefersDark.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

theme.watch(apply);
prefersDark.addEventListener("change", apply);
apply();
