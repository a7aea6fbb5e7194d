use std::{
    fs::OpenOptions,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::windows::named_pipe::{ClientOptions, NamedPipeServer, ServerOptions},
};

use crate::Error;

/// Makes a directory. Below a user's own data directory it inherits an access list of that user, the system and
/// administrators.
pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Refuses what is not a directory itself.
pub(crate) fn judge_private(path: &Path) -> Result<(), Error> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(Error::ProfileUnsound {
            path: path.to_owned(),
            problem: "it is not a directory, or a link to one".into(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Error::ProfileMissing { path: path.to_owned() })
        }
        Err(error) => Err(Error::file(path, &error)),
    }
}

/// New files inherit the directory's access list.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Windows writes no core dumps into the working directory; error reporting is the owner's setting.
pub(crate) fn harden() {}

/// Takes terminals' connections on a named pipe. A pipe's default access list lets nobody but its creator,
/// administrators and the system write to it.
#[derive(Debug)]
pub(crate) struct Listener {
    name: String,
    waiting: NamedPipeServer,
}

/// One end of a terminal's conversation with the running program; server and client ends are different types here.
pub(crate) type Stream = Box<dyn Duplex>;

/// Reads and writes.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

impl Listener {
    /// Fails where another program has taken the pipe's name first.
    pub(crate) fn bind(path: &Path) -> Result<Self, Error> {
        let name = pipe_name(path);
        let waiting = ServerOptions::new()
            .first_pipe_instance(true)
            .reject_remote_clients(true)
            .create(&name)
            .map_err(|error| Error::file(path, &error))?;
        Ok(Self { name, waiting })
    }

    /// The next connection.
    pub(crate) async fn accept(&mut self) -> io::Result<Stream> {
        self.waiting.connect().await?;
        let next = ServerOptions::new().reject_remote_clients(true).create(&self.name)?;
        Ok(Box::new(std::mem::replace(&mut self.waiting, next)))
    }
}

/// The gateway has no Unix socket here.
pub(crate) fn gateway_socket(_path: PathBuf) -> Result<Option<PathBuf>, Error> {
    Ok(None)
}

/// Reaches the running program; `None` where none runs.
pub(crate) async fn connect(path: &Path) -> Option<Stream> {
    let client = ClientOptions::new().open(pipe_name(path)).ok();
    std::future::ready(client.map(|client| Box::new(client) as Stream)).await
}

fn pipe_name(path: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    format!(r"\\.\pipe\valetkey-{:016x}", hasher.finish())
}
