import { useEffect, useState } from "react";

import { ActivityScreen } from "../activity/ActivityScreen";
import { ToastProvider } from "../components/Toasts";
import type { Ipc } from "../ipc/ipc";
import { LiveProvider, useLive } from "../ipc/live";
import { ConnectDialog } from "../services/ConnectDialog";
import { ServicesScreen } from "../services/ServicesScreen";
import { SettingsScreen } from "../settings/SettingsScreen";
import { CopyOnceProvider } from "../tokens/CopyOnce";
import { TokenAsk } from "../tokens/TokenAsk";
import { TokenSheet } from "../tokens/sheet/TokenSheet";
import { TokensScreen } from "../tokens/TokensScreen";
import s from "./App.module.css";
import { Banners } from "./Banners";
import { cx } from "../components/cx";
import { DeskProvider, useDesk, type Screen } from "./desk";
import { KeyList, useKeys } from "./keys";
import { Rail } from "./Rail";
import { UnlockDialog } from "./UnlockDialog";

const SCREENS: Record<Screen, () => React.ReactNode> = {
  tokens: TokensScreen,
  services: ServicesScreen,
  activity: ActivityScreen,
  settings: SettingsScreen,
};

function Frame() {
  const desk = useDesk();
  const { ipc } = useLive();
  const [keysShown, showKeys] = useState(false);
  useKeys(() => showKeys(true));
  const { go, openSheet } = desk;
  useEffect(() => {
    let stop: (() => void) | undefined;
    let gone = false;
    ipc
      .onNavigate((place) => {
        go(place === "new_token" ? "tokens" : place);
        if (place === "new_token") {
          openSheet({ of: "new" });
        }
      })
      .then(
        (end) => {
          stop = end;
          if (gone) {
            end();
          }
        },
        () => undefined,
      );
    return () => {
      gone = true;
      stop?.();
    };
  }, [ipc, go, openSheet]);

  const Screen = SCREENS[desk.screen];
  return (
    <div className={cx(s.frame)}>
      <Rail />
      <main className={cx(s.main)}>
        <Banners />
        <Screen />
      </main>
      {desk.sheet !== undefined && <TokenSheet key={desk.sheet.of === "update" ? desk.sheet.id : "new"} ask={desk.sheet} />}
      {desk.ask !== undefined && <TokenAsk ask={desk.ask} />}
      {desk.connecting !== undefined && <ConnectDialog kind={desk.connecting} />}
      {desk.unlocking && <UnlockDialog />}
      {keysShown && <KeyList onClose={() => showKeys(false)} />}
    </div>
  );
}

/** The window. */
export function App({ ipc }: { ipc: Ipc }) {
  return (
    <ToastProvider>
      <LiveProvider ipc={ipc}>
        <DeskProvider>
          <CopyOnceProvider>
            <Frame />
          </CopyOnceProvider>
        </DeskProvider>
      </LiveProvider>
    </ToastProvider>
  );
}
