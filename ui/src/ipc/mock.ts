import type { Expiry } from "./bindings/Expiry";
import type { Scope } from "./bindings/Scope";
import type { ServiceRow } from "./bindings/ServiceRow";
import type { Status } from "./bindings/Status";
import type { TokenRow } from "./bindings/TokenRow";
import type { Changed, Ipc, WireError } from "./ipc";
import { API, importedKind } from "./mock/api";
import { crowd } from "./mock/crowd";
import { DEFINITIONS, KINDS } from "./mock/definitions";
import { grantRow, judge, partsOf, permissionList } from "./mock/judge";
import { hasScopeStrings } from "../tokens/scopeString/words";
import { suggestionFor } from "./mock/used";
import { letters, record, serviceRow, world, type Kept } from "./mock/seed";

function refuse(code: WireError["code"], message: string, hint?: string): never {
  const error: WireError = hint === undefined ? { code, message } : { code, message, hint };
  throw error;
}

/** The program's stand-in for a plain browser: it behaves like it, and keeps nothing. */
export function startMock(scene = "everyday"): Ipc {
  const now = Date.now();
  const state = { ...world(scene, now), ...(scene === "crowd" ? crowd(now) : {}) };
  const listeners = new Set<(what: Changed) => void>();
  const changed = (...whats: Changed[]) => whats.forEach((what) => listeners.forEach((listener) => listener(what)));

  const live = (token: Kept) => token.revoked === null;
  const find = (key: string): Kept =>
    state.tokens.find((token) => token.id === key || (live(token) && token.name === key)) ?? refuse("not_found", `No token named “${key}”.`);
  const tokenRow = (token: Kept): TokenRow => {
    const { scope, disabled, ...rest } = token;
    const expired = token.expires !== null && token.expires <= Date.now();
    return {
      ...rest,
      shown: `vkey_${token.id}`,
      ...scope,
      grant_rows: scope.access === "limited" ? scope.grants.map((text) => grantRow(state, text)) : [],
      scope_strings: [],
      status: !live(token) ? "revoked" : disabled ? "disabled" : expired ? "expired" : "active",
    };
  };
  const service = (name: string) => state.services.find((row) => row.name === name) ?? refuse("not_found", `No service named “${name}”.`);
  const fullService = (row: Omit<ServiceRow, "tokens">): ServiceRow => {
    const uses = (token: Kept) => live(token) && token.scope.access === "limited" && token.scope.grants.some((text) => partsOf(text).service === row.name);
    const locked = state.status.vault.locked;
    return { ...row, credential: locked ? "locked" : row.credential, credential_problem: locked ? "The vault is locked." : row.credential_problem, tokens: state.tokens.filter(uses).map((token) => token.name) };
  };
  const status = (): Status => ({ ...state.status, tokens_active: state.tokens.filter((token) => tokenRow(token).status === "active").length, services: state.services.length });

  const checkName = (name: string, self?: Kept): string => {
    const trimmed = name.trim();
    if ([...trimmed].length < 1 || [...trimmed].length > 64) {
      refuse("invalid", "A name has 1 to 64 characters.");
    }
    if (state.tokens.some((token) => token !== self && live(token) && token.name.toLowerCase() === trimmed.toLowerCase())) {
      refuse("name_taken", `A token named “${trimmed}” exists already.`, "Choose another name.");
    }
    return trimmed;
  };
  const checkScope = (scope: Scope, held: string[] = []): Scope => {
    if (scope.access === "limited") {
      if (scope.grants.length === 0) {
        refuse("invalid", "Limited access needs at least one grant.");
      }
      const lacked = scope.grants.find((text) => !held.includes(text) && !grantRow(state, text).active);
      if (lacked !== undefined) {
        refuse("owner_lacks", `You don't have ${partsOf(lacked).permission} in ${partsOf(lacked).context} of ${partsOf(lacked).service}.`);
      }
    }
    return scope;
  };
  const expiresOf = (expiry: Expiry) => (expiry.expires === "never" ? null : expiry.at > Date.now() ? expiry.at : refuse("invalid", "A token can't expire in the past."));
  const secretOf = (token: Kept) => ({ id: token.id, name: token.name, token: `vkey_${token.id}_${letters(38)}` });
  const change = (key: string, work: (token: Kept) => void): TokenRow => {
    const token = find(key);
    if (!live(token)) {
      refuse("revoked", `“${token.name}” is revoked; that can't be undone.`);
    }
    work(token);
    changed("tokens");
    return tokenRow(token);
  };
  const running = (next: Status["gateway"]["state"], until: number | null): Status => {
    state.status = { ...state.status, gateway: { ...state.status.gateway, state: next, paused_until: until } };
    changed("status");
    return status();
  };
  const lockTo = (locked: boolean): Status => {
    state.status = { ...state.status, vault: { ...state.status.vault, locked, problem: null } };
    return running(locked ? "locked" : "listening", null);
  };

  if (scene === "everyday") {
    // A request now and then, so that the live table lives. Only here: other scenes stand still.
    window.setInterval(() => {
      const [writer] = state.tokens;
      if (writer !== undefined && live(writer) && state.status.gateway.state === "listening") {
        state.activity.unshift(record((state.activity[0]?.sequence ?? 0) + 1, Date.now(), writer, "github", "GET /repos/{owner}/{repo}/issues", "repository=acme/site", "permit"));
        writer.last_used = { time: Date.now(), operation: "GET /repos/{owner}/{repo}/issues", program: "node", pid: 4121 };
        changed("activity");
      }
    }, 9_000);
  }

  return {
    status: async () => status(),
    serviceKinds: async () => KINDS,
    services: async () => state.services.map(fullService),
    addService: async (asked) => {
      const kind = KINDS.find((each) => each.kind === asked.kind) ?? importedKind(asked) ?? refuse("invalid", `There is no kind “${asked.kind}”.`);
      if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(asked.name)) {
        refuse("invalid", `“${asked.name}” is not a service name: 1 to 63 characters a-z, 0-9 and -.`);
      }
      if (state.services.some((row) => row.name === asked.name)) {
        refuse("name_taken", `A service named “${asked.name}” is connected already.`);
      }
      if (asked.credential === "wrong") {
        refuse("upstream", `${kind.title} refused the credential (401).`, "Make a new one there and paste it again.");
      }
      const row = serviceRow(asked.name, kind.kind, kind.title, asked.base_url ?? kind.base_url ?? "http://127.0.0.1:46112", kind.kind === "github" ? "octocat" : null);
      state.services.push({ ...row, credential_form: asked.credential_form ?? kind.credential_form, checked: Date.now() });
      changed("services");
      return fullService(row);
    },
    checkService: async (name) => {
      const row = service(name);
      if (state.status.vault.locked) {
        refuse("vault", "The vault is locked.", "Unlock it first.");
      }
      row.checked = Date.now();
      row.check_problem = null;
      changed("services");
      return fullService(row);
    },
    declareRights: async (name, declared) => {
      const row = service(name);
      if (row.rights.source === "service") {
        refuse("invalid", `${name} says itself what its credential may do; nothing needs to be declared.`);
      }
      const had = declared.rights === "only" ? declared.list.length : declared.rights === "all" ? row.permissions : 1;
      row.rights = { ...row.rights, limited: declared.rights !== "all", had, source: "owner", since: Date.now() };
      changed("services", "tokens");
      return fullService(row);
    },
    chooseApiDocument: async () => API,
    fetchApiDocument: async (url) => (/^https:/.test(url) ? API : refuse("upstream", "The document could not be fetched: only https, or http to this machine, is taken.", "Fetch it yourself, and give the file.")),
    readApiDocument: async (text) => (/openapi|swagger/.test(text) ? API : refuse("invalid", "It can't be imported: #: this is no OpenAPI or Swagger document: it has neither “openapi” nor “swagger”.")),
    replaceCredential: async (name, credential) => {
      const row = service(name);
      if (credential === "wrong") {
        refuse("upstream", `${row.title} refused the new credential (401). The old one stays.`);
      }
      row.checked = Date.now();
      changed("services");
      return fullService(row);
    },
    removeService: async (name) => {
      state.services = state.services.filter((row) => row !== service(name));
      changed("services", "tokens");
      return null;
    },
    permissions: async (name, context = "global") => permissionList(state, service(name).name, context) ?? refuse("not_found", `${name} has no context “${context}”.`),
    readScopeString: async (name, text) => {
      if (!hasScopeStrings(service(name).kind)) {
        refuse("invalid", `Scope strings are for services of JetBrains Space and CodeCanvas, and “${name}” is none.`);
      }
      return text.split(/\s+/).map((element) => `${name}:${element.replace(/^(project|namespace|channel):/, "$1=")}`);
    },
    searchContexts: async (name, kind, text) => {
      const known = DEFINITIONS[service(name).kind]?.kinds.find((each) => each.name === kind) ?? refuse("not_found", `${name} has no context “${kind}”.`);
      const found = known.values.filter((value) => value.toLowerCase().includes(text.toLowerCase()));
      return { found: found.map((value) => ({ value, title: null })), asked: true, problem: null };
    },
    tokens: async () => state.tokens.map(tokenRow),
    createToken: async (asked) => {
      const token: Kept = { id: letters(8), name: checkName(asked.name), note: asked.note.trim(), scope: checkScope(asked.scope), disabled: false, created: Date.now(), expires: expiresOf(asked.expiry), proxy: asked.proxy, revoked: null, last_used: null };
      state.tokens.push(token);
      changed("tokens");
      return secretOf(token);
    },
    updateToken: async (key, asked) =>
      change(key, (token) => {
        const name = asked.name === undefined ? token.name : checkName(asked.name, token);
        const scope = asked.scope === undefined ? token.scope : checkScope(asked.scope, token.scope.access === "limited" ? token.scope.grants : []);
        const expires = asked.expiry === undefined ? token.expires : expiresOf(asked.expiry);
        Object.assign(token, { name, scope, expires, note: asked.note ?? token.note, proxy: asked.proxy ?? token.proxy });
      }),
    replaceToken: async (key) => {
      change(key, () => undefined);
      return secretOf(find(key));
    },
    disableToken: async (key) => change(key, (token) => (token.disabled = true)),
    enableToken: async (key) => change(key, (token) => (token.disabled = false)),
    revokeTokens: async (keys) => {
      const found = keys.map(find);
      found.filter(live).forEach((token) => (token.revoked = Date.now()));
      changed("tokens");
      return found.map(tokenRow);
    },
    revokeAllTokens: async () => {
      const found = state.tokens.filter(live);
      found.forEach((token) => (token.revoked = Date.now()));
      changed("tokens");
      return found.map(tokenRow);
    },
    explain: async ({ token, method, url }) => judge(state, find(token).scope, method, url),
    tryScope: async ({ scope, method, url }) => judge(state, scope, method, url),
    suggestToken: async (key, days = 30) => suggestionFor(state, find(key), Math.min(days, state.settings.activity_days)),
    activity: async (filter) =>
      state.activity
        .filter((row) => (filter.token === undefined || row.token === filter.token || row.token_name === filter.token) && (filter.service === undefined || row.service === filter.service) && ((filter.denied !== true && filter.refused_by_service !== true) || (filter.denied === true && row.refused_by === "gateway") || (filter.refused_by_service === true && row.refused_by === "service")))
        .filter((row) => row.sequence < (filter.before ?? Infinity) && row.sequence > (filter.after ?? -1))
        .slice(0, filter.limit ?? 200),
    pause: async (millis) => running("paused", millis === undefined ? null : Date.now() + millis),
    resume: async () => running("listening", null),
    lock: async () => lockTo(true),
    unlock: async (passphrase) => {
      if (state.status.vault.kind === "file" && (passphrase ?? "") === "") {
        refuse("vault", "That is not the passphrase of the vault file.", "Try again; nothing was changed.");
      }
      return lockTo(false);
    },
    settings: async () => state.settings,
    changeSettings: async (asked) => {
      const { owner_name: name, ...rest } = asked;
      state.settings = { ...state.settings, ...rest, ...(name === undefined ? {} : { owner_name: name === "" ? null : name }) };
      if (asked.port !== undefined) {
        state.status = { ...state.status, gateway: { ...state.status.gateway, state: "listening", address: `127.0.0.1:${asked.port}`, problem: null } };
      }
      if (asked.https !== undefined) {
        const https = { ...state.status.gateway.https, state: asked.https ? ("ready" as const) : ("off" as const) };
        state.status = { ...state.status, gateway: { ...state.status.gateway, https } };
      }
      const shown = state.settings.owner_name ?? "Ada Lovelace";
      state.status = { ...state.status, owner: { name: shown, initials: shown.split(/\s+/).map((word) => word[0] ?? "").join("").slice(0, 2).toUpperCase() } };
      changed("status");
      return state.settings;
    },
    copySecret: async (text) => {
      await navigator.clipboard.writeText(text);
      return null;
    },
    onChanged: async (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onNavigate: async () => () => undefined,
  };
}
