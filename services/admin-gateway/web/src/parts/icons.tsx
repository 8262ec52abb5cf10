// Our own signs, drawn on 24 x 24. A sign never stands without its words.

const drawings = {
  ok: <path d="M5 12.5l4.5 4.5L19 7.5" />,
  info: <path d="M12 11v6M12 7v.5M12 2.8a9.2 9.2 0 1 0 0 18.4 9.2 9.2 0 0 0 0-18.4z" />,
  warn: <path d="M12 3.5L22 20.5H2zM12 10v5M12 17.6v.4" />,
  bad: <path d="M8 2.8h8l5.2 5.2v8L16 21.2H8L2.8 16V8zM12 7.5v5.5M12 16.2v.4" />,
  off: <path d="M12 2.8a9.2 9.2 0 1 0 0 18.4 9.2 9.2 0 0 0 0-18.4zM5.5 5.5l13 13" />,
  wait: <path d="M12 2.8a9.2 9.2 0 1 0 0 18.4 9.2 9.2 0 0 0 0-18.4zM12 7v5.5l3.5 2" />,
  run: <path d="M7.5 4.5v15l11.5-7.5z" />,
  right: <path d="M9 5l7 7-7 7" />,
  close: <path d="M5 5l14 14M19 5L5 19" />,
  menu: <path d="M3.5 6h17M3.5 12h17M3.5 18h17" />,
  up: <path d="M12 20V5M5.5 11L12 4.5 18.5 11" />,
  down: <path d="M12 4v15M5.5 13l6.5 6.5 6.5-6.5" />,
  hand: <path d="M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5c.6-4 3.800-6 8-6s7.400 2 8 6" />,
} as const;

export type IconName = keyof typeof drawings;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {drawings[name]}
    </svg>
  );
}
