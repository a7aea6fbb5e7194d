import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Changed, Ipc, Place } from "./ipc";

const PLACES: readonly Place[] = ["tokens", "services", "activity", "settings", "new_token"];

/** The program behind the window. The only file that knows Tauri. */
export const client: Ipc = {
  status: () => invoke("status"),
  serviceKinds: () => invoke("service_kinds"),
  services: () => invoke("services"),
  addService: (service) => invoke("add_service", { service }),
  checkService: (name) => invoke("check_service", { name }),
  declareRights: (name, rights) => invoke("declare_rights", { name, rights }),
  chooseApiDocument: (options) => invoke("choose_api_document", { options }),
  fetchApiDocument: (url, options) => invoke("fetch_api_document", { url, options }),
  readApiDocument: (text, options) => invoke("read_api_document", { text, options }),
  replaceCredential: (name, credential) => invoke("replace_credential", { name, credential }),
  removeService: (name) => invoke("remove_service", { name }),
  permissions: (service, context) => invoke("permissions", context === undefined ? { service } : { service, context }),
  readScopeString: (service, text) => invoke("read_scope_string", { service, text }),
  searchContexts: (service, kind, text) => invoke("search_contexts", { service, kind, text }),
  tokens: () => invoke("tokens"),
  createToken: (token) => invoke("create_token", { token }),
  updateToken: (token, change) => invoke("update_token", { token, change }),
  replaceToken: (token) => invoke("replace_token", { token }),
  disableToken: (token) => invoke("disable_token", { token }),
  enableToken: (token) => invoke("enable_token", { token }),
  revokeTokens: (tokens) => invoke("revoke_tokens", { tokens }),
  revokeAllTokens: () => invoke("revoke_all_tokens"),
  explain: (question) => invoke("explain", { question }),
  tryScope: (trial) => invoke("try_scope", { trial }),
  activity: (filter) => invoke("activity", { filter }),
  suggestToken: (token, days) => invoke("suggest_token", days === undefined ? { token } : { token, days }),
  pause: (millis) => invoke("pause", millis === undefined ? {} : { millis }),
  resume: () => invoke("resume"),
  lock: () => invoke("lock"),
  unlock: (passphrase) => invoke("unlock", passphrase === undefined ? {} : { passphrase }),
  settings: () => invoke("settings"),
  changeSettings: (change) => invoke("change_settings", { change }),
  copySecret: (text) => invoke("copy_secret", { text }),
  onChanged: (listener) => listen<Changed>("changed", (event) => listener(event.payload)),
  onNavigate: async (listener) => {
    const stop = await listen<Place>("navigate", (event) => listener(event.payload));
    const begin = placeToBegin();
    if (begin !== undefined) {
      listener(begin);
    }
    return stop;
  },
};

/** Where the tray asked a new window to begin: a page that still loads hears no event. Given once. */
function placeToBegin(): Place | undefined {
  const asked = window.location.hash.slice(1);
  window.history.replaceState(null, "", window.location.pathname);
  return PLACES.find((place) => place === asked);
}
