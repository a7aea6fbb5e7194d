import { useEffect, useState } from "react";

const EVERY = 30_000;

/** The time, moving on twice a minute: enough for "4 min ago". */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), EVERY);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
