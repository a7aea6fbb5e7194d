/** Our own outlines on a 16 by 16 grid, drawn in the colour of the text around them. */
const PATHS = {
  key: "M10.2 9.3a3.6 3.6 0 1 0-3.5-2.7L2 11.3V14h2.7v-1.6h1.6v-1.6h1.1l1.3-1.6c.5.1 1 .2 1.5.1ZM11 5.2h.01",
  service: "M5.5 2v3.2M10.5 2v3.2M3.5 5.2h9v2.6a4.5 4.5 0 0 1-9 0V5.2ZM8 12.3V14",
  activity: "M1.8 8.5h2.7l1.9-5 3.2 9.3 2-4.3h2.6",
  settings: "M2 4.5h6.2M12 4.5h2M2 11.5h2M8 11.5h6M10.1 6.4a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8ZM5.9 13.4a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8Z",
  shield: "M8 1.8 13 3.6v3.9c0 3.1-2.1 5.5-5 6.7-2.9-1.2-5-3.6-5-6.7V3.6L8 1.8Z",
  search: "M7 11.8a4.8 4.8 0 1 0 0-9.6 4.8 4.8 0 0 0 0 9.6ZM10.6 10.6 14 14",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  plus: "M8 3v10M3 8h10",
  close: "m4 4 8 8M12 4l-8 8",
  check: "m3 8.5 3.3 3.3L13 4.8",
  minus: "M4 8h8",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8v-8Z",
  warn: "M8 2.2 14.5 13.5h-13L8 2.2ZM8 6.6v3.2M8 11.7h.01",
  lock: "M3.5 7.2h9V14h-9V7.2ZM5.3 7.2V5a2.7 2.7 0 0 1 5.4 0v2.2",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3v10l8-5-8-5Z",
  chevron: "m4 6 4 4 4-4",
  right: "m6 4 4 4-4 4",
  back: "m10 4-4 4 4 4",
  refresh: "M13.5 8A5.5 5.5 0 1 1 11.6 3.8L13.5 5.5M13.5 2.5v3h-3",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the words beside it carry the meaning. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const dots = name === "more";
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={dots ? 2.2 : 1.4} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
