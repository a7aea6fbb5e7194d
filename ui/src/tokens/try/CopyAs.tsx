import { Button } from "../../components/Button";
import { copyText } from "../../components/copyText";
import { Menu } from "../../components/Menu";
import { useTell } from "../../components/Toasts";
import { useLive } from "../../ipc/live";
import { asCurl, asHttpFile, asJavaScript, gatewayUrl } from "./asText";
import { words } from "./words";

/** The request as text for a terminal, an editor or a program; never with the token in it. */
export function CopyAs({ method, url }: { method: string; url: string }) {
  const { services, status } = useLive();
  const tell = useTell();
  const forms = [
    { name: words.curl, write: asCurl },
    { name: words.http, write: asHttpFile },
    { name: words.javascript, write: asJavaScript },
  ];
  const copy = async (form: (typeof forms)[number]) => {
    const whole = gatewayUrl(url, status.value?.gateway.address ?? null, services.value ?? []);
    tell((await copyText(form.write(method, whole))) ? words.copied(form.name) : words.notCopied);
  };
  return (
    <Menu label={words.copyAs} placement="bottom start" entries={forms.map((form) => ({ name: form.name, act: () => void copy(form) }))}>
      <Button small look="quiet">
        {words.copyAs}
      </Button>
    </Menu>
  );
}
