import { render } from "preact";
import { App } from "./app";
import { kiosk } from "./route";
import { useStore } from "./store";
import "./style.css";
import { language } from "./texts";
import "./theme";

/** Another language: everything is made anew. */
function Page() {
  return <App key={useStore(language)} />;
}

document.documentElement.classList.toggle("kiosk", kiosk);
const root = document.getElementById("app");
if (root) render(<Page />, root);
