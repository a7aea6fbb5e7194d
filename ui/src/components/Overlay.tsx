import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import type { WireError } from "../ipc/ipc";
import { say } from "../messages";
import { Button, IconButton } from "./Button";
import { cx } from "./cx";
import s from "./Overlay.module.css";
import { ErrorText } from "./State";

interface Props {
  title: string;
  onClose: () => void;
  /** Neither a click beside it nor Esc closes it; the content says how. */
  firm?: boolean;
  children: ReactNode;
  footer?: ReactNode;
}

/** A dialog in the middle. */
export function ModalDialog({ title, onClose, firm = false, children, footer, alert = false, wide = false }: Props & { alert?: boolean; wide?: boolean }) {
  return (
    <ModalOverlay className={cx(s.veil, s.centre)} isOpen isDismissable={!firm && !alert} isKeyboardDismissDisabled={firm} onOpenChange={(open) => !open && onClose()}>
      <Modal className={cx(s.modal, wide && s.wide)}>
        <Dialog className={cx(s.dialog)} role={alert ? "alertdialog" : "dialog"}>
          <Heading slot="title" className={cx(s.title)}>
            {title}
          </Heading>
          {/* A firm dialog is asked to close by Esc and decides for itself. */}
          <div onKeyDown={(event) => firm && event.key === "Escape" && onClose()}>
            <div className={cx(s.body)}>{children}</div>
            {footer !== undefined && <div className={cx(s.footer)}>{footer}</div>}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A sheet on the right: header, scrolling page, footer that stays. */
export function Sheet({ title, onClose, children, footer }: Props) {
  return (
    <ModalOverlay className={cx(s.veil)} isOpen onOpenChange={(open) => !open && onClose()}>
      <Modal className={cx(s.sheet)}>
        <Dialog className={cx(s.dialog)}>
          <div className={cx(s.sheetHead)}>
            <Heading slot="title" className={cx(s.title)}>
              {title}
            </Heading>
            <IconButton icon="close" label={say.common.close} onPress={onClose} />
          </div>
          <div className={cx(s.sheetBody)}>{children}</div>
          <div className={cx(s.sheetFoot)}>{footer}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  title: string;
  body: ReactNode;
  action: string;
  danger?: boolean;
  busy?: boolean;
  error?: WireError | undefined;
  cancel?: string;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before something that can't be undone. The safe answer has the focus. */
export function Confirm({ title, body, action, danger = true, busy = false, error, cancel = say.common.cancel, onConfirm, onCancel }: ConfirmProps) {
  return (
    <ModalDialog
      title={title}
      onClose={onCancel}
      alert
      footer={
        <>
          <ErrorText error={error} />
          <Button autoFocus onPress={onCancel}>
            {cancel}
          </Button>
          <Button look={danger ? "danger" : "primary"} isDisabled={busy} onPress={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {body}
    </ModalDialog>
  );
}
