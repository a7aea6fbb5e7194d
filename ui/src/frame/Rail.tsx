import { Button as AriaButton } from "react-aria-components";

import { cx } from "../components/cx";
import { Icon, type IconName } from "../components/Icon";
import { Menu } from "../components/Menu";
import { useLive } from "../ipc/live";
import { useDesk, type Screen } from "./desk";
import { GatewayPill } from "./GatewayPill";
import s from "./Rail.module.css";
import { useVault } from "./useVault";
import { words } from "./words";

const PLACES: { screen: Screen; icon: IconName }[] = [
  { screen: "tokens", icon: "key" },
  { screen: "services", icon: "service" },
  { screen: "activity", icon: "activity" },
  { screen: "settings", icon: "settings" },
];

/** The owner on top, the four screens, the gateway at the bottom. */
export function Rail() {
  const desk = useDesk();
  const { status } = useLive();
  const vault = useVault();
  const owner = status.value?.owner;
  return (
    <div className={cx(s.rail)}>
      <Menu
        label={words.ownerMenu(owner?.name ?? "")}
        placement="bottom start"
        entries={[
          { name: words.tokens, icon: "key", act: () => desk.go("tokens") },
          { name: words.settings, icon: "settings", act: () => desk.go("settings") },
          vault.locked ? { name: words.unlock, icon: "lock", apart: true, act: vault.unlock } : { name: words.lock, icon: "lock", apart: true, act: vault.lock },
        ]}
      >
        <AriaButton className={cx(s.owner)} aria-label={words.ownerMenu(owner?.name ?? "")}>
          {/* Drawn by the style sheet, so that they are no part of what the button is called; made anew with the name, since
              WebKit does not redraw `attr()` when it changes. */}
          <span key={owner?.initials} className={cx(s.initials)} data-initials={owner?.initials ?? ""} aria-hidden="true" />
          <span className={cx(s.name)}>{owner?.name ?? ""}</span>
          <Icon name="chevron" size={14} />
        </AriaButton>
      </Menu>
      <nav aria-label={words.nav} className={cx(s.nav)}>
        {PLACES.map(({ screen, icon }) => (
          <button key={screen} type="button" className={cx(s.place, desk.screen === screen && s.here)} aria-current={desk.screen === screen ? "page" : undefined} onClick={() => desk.go(screen)}>
            <Icon name={icon} />
            <span className={cx(s.placeName)}>{words[screen]}</span>
          </button>
        ))}
      </nav>
      <GatewayPill />
    </div>
  );
}
