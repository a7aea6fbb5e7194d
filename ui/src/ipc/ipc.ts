import type { ActivityFilter } from "./bindings/ActivityFilter";
import type { ActivityRow } from "./bindings/ActivityRow";
import type { ContextSearch } from "./bindings/ContextSearch";
import type { DeclaredRights } from "./bindings/DeclaredRights";
import type { Error as WireError } from "./bindings/Error";
import type { Event as Changed } from "./bindings/Event";
import type { Explanation } from "./bindings/Explanation";
import type { ImportOptions } from "./bindings/ImportOptions";
import type { ImportedApi } from "./bindings/ImportedApi";
import type { NewSecret } from "./bindings/NewSecret";
import type { NewService } from "./bindings/NewService";
import type { NewToken } from "./bindings/NewToken";
import type { PermissionList } from "./bindings/PermissionList";
import type { Question } from "./bindings/Question";
import type { ServiceKind } from "./bindings/ServiceKind";
import type { ServiceRow } from "./bindings/ServiceRow";
import type { Settings } from "./bindings/Settings";
import type { SettingsChange } from "./bindings/SettingsChange";
import type { Status } from "./bindings/Status";
import type { Suggestion } from "./bindings/Suggestion";
import type { TokenChange } from "./bindings/TokenChange";
import type { TokenRow } from "./bindings/TokenRow";
import type { Trial } from "./bindings/Trial";

export type { WireError, Changed };

/** Where the tray can send the window. */
export type Place = "tokens" | "services" | "activity" | "settings" | "new_token";

/** What the window can ask of the program: one method per command. Rejections are {@link WireError}. */
export interface Ipc {
  status(): Promise<Status>;
  serviceKinds(): Promise<ServiceKind[]>;
  services(): Promise<ServiceRow[]>;
  addService(service: NewService): Promise<ServiceRow>;
  checkService(name: string): Promise<ServiceRow>;
  /** Of a file that the owner chooses outside the window; `null` if they choose none. */
  chooseApiDocument(options: ImportOptions): Promise<ImportedApi | null>;
  /** Once the owner has said yes outside the window. */
  fetchApiDocument(url: string, options: ImportOptions): Promise<ImportedApi>;
  readApiDocument(text: string, options: ImportOptions): Promise<ImportedApi>;
  declareRights(name: string, rights: DeclaredRights): Promise<ServiceRow>;
  replaceCredential(name: string, credential: string): Promise<ServiceRow>;
  removeService(name: string): Promise<null>;
  /** In the global context if none is named. */
  permissions(service: string, context?: string): Promise<PermissionList>;
  /** What a scope string of the service means in grants. */
  readScopeString(service: string, text: string): Promise<string[]>;
  /** As the service finds them; what is known where it can't be asked. */
  searchContexts(service: string, kind: string, text: string): Promise<ContextSearch>;
  tokens(): Promise<TokenRow[]>;
  createToken(token: NewToken): Promise<NewSecret>;
  updateToken(token: string, change: TokenChange): Promise<TokenRow>;
  replaceToken(token: string): Promise<NewSecret>;
  disableToken(token: string): Promise<TokenRow>;
  enableToken(token: string): Promise<TokenRow>;
  /** All or none. */
  revokeTokens(tokens: string[]): Promise<TokenRow[]>;
  revokeAllTokens(): Promise<TokenRow[]>;
  explain(question: Question): Promise<Explanation>;
  /** For a token that is still to be made, or changed. */
  tryScope(trial: Trial): Promise<Explanation>;
  activity(filter: ActivityFilter): Promise<ActivityRow[]>;
  /** What it really used in so many days, 30 if none are given, and the least grants with which it could have. */
  suggestToken(token: string, days?: number): Promise<Suggestion>;
  /** Until resumed if no time is given. */
  pause(millis?: number): Promise<Status>;
  resume(): Promise<Status>;
  lock(): Promise<Status>;
  unlock(passphrase?: string): Promise<Status>;
  settings(): Promise<Settings>;
  changeSettings(change: SettingsChange): Promise<Settings>;
  /** Onto the clipboard, and off it after 30 s if it is still there. */
  copySecret(text: string): Promise<null>;
  /** Resolves once nothing can be missed any more, to what ends it. */
  onChanged(listener: (what: Changed) => void): Promise<() => void>;
  onNavigate(listener: (place: Place) => void): Promise<() => void>;
}

/** Whatever was thrown, in the one shape that forms show. */
export function asWireError(thrown: unknown): WireError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    return thrown as WireError;
  }
  return { code: "internal", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
