import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./frame/App";
import { connect } from "./ipc/connect";
import "./theme/base.css";

const root = document.getElementById("root");
if (root !== null) {
  connect().then((ipc) =>
    createRoot(root).render(
      <StrictMode>
        <App ipc={ipc} />
      </StrictMode>,
    ),
  );
}
