import { element } from "../element.ts";
import type { TimelineCommands } from "./timeline-commands.ts";

export function toolButtons({ whole, focus, zoom }: TimelineCommands): HTMLElement {
  return element(
    "div",
    { class: "tools" },
    actionButton("The race", "Show what the key is looked at for", focus),
    actionButton("All", "Show all calls", whole),
    actionButton("−", "Zoom out", () => zoom(2, null)),
    actionButton("+", "Zoom in", () => zoom(0.5, null)),
  );
}

export function actionButton(text: string, title: string, onClick: () => void): HTMLButtonElement {
  const button = element("button", { type: "button", title, "aria-label": title }, text);
  button.addEventListener("click", onClick);
  return button;
}
