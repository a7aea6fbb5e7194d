import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";

import { cx } from "./cx";
import s from "./VirtualList.module.css";

/** How much room a row has. */
export type Room = "wide" | "middle" | "narrow";

export interface RowPlace {
  room: Room;
  /** Only the row with the focus has its buttons in the tab order, so that a list is one stop and not a thousand. */
  current: boolean;
}

interface Props<T> {
  label: string;
  items: readonly T[];
  keyOf: (item: T) => string;
  rowHeight: Record<Room, number>;
  /** The cells of a row, each with role gridcell. */
  children: (item: T, place: RowPlace) => ReactNode;
  open: string | undefined;
  onOpen: (item: T) => void;
  selected?: ReadonlySet<string>;
  /** Space and Shift with arrows; from the anchor if a range is meant. */
  onSelect?: (item: T, range: boolean) => void;
  onKey?: (event: KeyboardEvent, item: T) => void;
}

const OVERSCAN = 6;
const FALLBACK = { width: 1000, height: 800 };

/** A list of any length that draws only what is in sight. Arrows move, Enter opens, Space selects. */
export function VirtualList<T>({ label, items, keyOf, rowHeight, children, open, onOpen, selected, onSelect, onKey }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(FALLBACK);
  const [top, setTop] = useState(0);
  const [focusKey, setFocusKey] = useState<string>();
  const wantsFocus = useRef(false);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || typeof ResizeObserver === "undefined") {
      return;
    }
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth || FALLBACK.width, height: element.clientHeight || FALLBACK.height }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const room: Room = size.width >= 760 ? "wide" : size.width >= 520 ? "middle" : "narrow";
  const height = rowHeight[room];
  const found = focusKey === undefined ? -1 : items.findIndex((item) => keyOf(item) === focusKey);
  const focusIndex = found === -1 ? 0 : found;
  const first = Math.max(0, Math.floor(top / height) - OVERSCAN);
  const last = Math.min(items.length, Math.ceil((top + size.height) / height) + OVERSCAN);
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);
  // The row with the focus stays drawn out of sight, or the focus would be lost.
  if (items.length > 0 && (focusIndex < first || focusIndex >= last) && found !== -1) {
    shown.push(focusIndex);
  }

  const moveTo = useCallback(
    (index: number) => {
      const item = items[index];
      const element = box.current;
      if (item === undefined || element === null) {
        return;
      }
      wantsFocus.current = true;
      setFocusKey(keyOf(item));
      const above = index * height;
      if (above < element.scrollTop) {
        element.scrollTop = above;
      } else if (above + height > element.scrollTop + size.height) {
        element.scrollTop = above + height - size.height;
      }
    },
    [items, keyOf, height, size.height],
  );

  useEffect(() => {
    if (wantsFocus.current) {
      wantsFocus.current = false;
      box.current?.querySelector<HTMLElement>('[role="row"][tabindex="0"]')?.focus({ preventScroll: true });
    }
  }, [focusKey]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>, item: T, index: number) => {
    if (event.target !== event.currentTarget) {
      return;
    }
    const page = Math.max(1, Math.floor(size.height / height) - 1);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + page, PageUp: index - page, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const target = Math.min(items.length - 1, Math.max(0, to));
      moveTo(target);
      const reached = items[target];
      if (event.shiftKey && reached !== undefined) {
        onSelect?.(reached, true);
      }
    } else if (event.key === "Enter") {
      event.preventDefault();
      onOpen(item);
    } else if (event.key === " " && onSelect !== undefined) {
      event.preventDefault();
      onSelect(item, event.shiftKey);
    } else {
      onKey?.(event, item);
    }
  };

  const onClick = (event: MouseEvent<HTMLDivElement>, item: T) => {
    if (event.target instanceof Element && event.target.closest("button, label, input, a") !== null) {
      return;
    }
    setFocusKey(keyOf(item));
    if (event.shiftKey && onSelect !== undefined) {
      onSelect(item, true);
    } else {
      onOpen(item);
    }
  };

  return (
    <div ref={box} className={cx(s.box)} onScroll={(event) => setTop(event.currentTarget.scrollTop)} data-room={room}>
      <div role="grid" aria-label={label} aria-rowcount={items.length} aria-multiselectable={onSelect !== undefined || undefined} className={cx(s.rows)} style={{ height: items.length * height }}>
        {shown.map((index) => {
          const item = items[index];
          if (item === undefined) {
            return null;
          }
          const key = keyOf(item);
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={index + 1}
              aria-selected={onSelect === undefined ? undefined : (selected?.has(key) ?? false)}
              tabIndex={index === focusIndex ? 0 : -1}
              className={cx(s.row, open === key && s.open, selected?.has(key) === true && s.selected)}
              style={{ height, transform: `translateY(${index * height}px)` }}
              onKeyDown={(event) => onKeyDown(event, item, index)}
              onClick={(event) => onClick(event, item)}
            >
              {children(item, { room, current: index === focusIndex })}
            </div>
          );
        })}
      </div>
    </div>
  );
}
