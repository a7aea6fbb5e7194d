import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { startMock } from "../ipc/mock";
import { goTo, openWindow } from "../testing/window";

test("HTTPS is off until it is switched on, and then says what to give to clients", async () => {
  const { user, ipc } = await openWindow();
  await goTo(user, "Settings");
  const gateway = await screen.findByRole("region", { name: "Gateway" });
  const https = within(gateway).getByRole<HTMLInputElement>("switch", { name: "Serve HTTPS too" });
  expect(https.checked).toBe(false);
  expect(within(gateway).queryByText("--cacert")).toBeNull();
  await user.click(https);
  await within(gateway).findByText("~/.local/share/valetkey/https-ca.pem");
  await within(gateway).findByText("--cacert");
  expect((await ipc.settings()).https).toBe(true);
  await user.click(within(gateway).getByRole("switch", { name: "Serve HTTPS too" }));
  expect((await ipc.settings()).https).toBe(false);
});

test("HTTPS that can't be had says why", async () => {
  const mock = startMock("still");
  const status = async () => {
    const now = await mock.status();
    return { ...now, gateway: { ...now.gateway, https: { ...now.gateway.https, state: "unavailable" as const, problem: "The vault is locked." } } };
  };
  const { user } = await openWindow({ replace: { ...mock, status } });
  await goTo(user, "Settings");
  await within(await screen.findByRole("region", { name: "Gateway" })).findByText("The vault is locked.");
});
