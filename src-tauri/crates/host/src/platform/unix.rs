use std::{
    fs::{DirBuilder, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

use crate::Error;

/// `sun_path` of `sockaddr_un` with the zero byte at its end: 108 bytes on Linux, 104 on macOS and the BSDs.
const SOCKET_PATH_LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Makes a directory and its parents; the directory itself for the owner alone.
pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {
            // An empty directory that the owner made for this may be looser; nothing is in it yet.
            if std::fs::read_dir(path)?.next().is_none() && !path.is_symlink() {
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
            }
            Ok(())
        }
        made => made,
    }
}

/// Refuses a directory that is not ours, that others may enter, or that is a symbolic link.
pub(crate) fn judge_private(path: &Path) -> Result<(), Error> {
    let unsound = |problem: &str| Error::ProfileUnsound { path: path.to_owned(), problem: problem.into() };
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::ProfileMissing { path: path.to_owned() });
        }
        Err(error) => return Err(Error::file(path, &error)),
    };
    if !metadata.is_dir() {
        return Err(unsound("it is not a directory, or a symbolic link to one"));
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(unsound("it belongs to another user"));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(unsound("other users may enter it; it must have mode 0700"));
    }
    Ok(())
}

/// New files for the owner alone; a symbolic link is not followed.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    options.mode(0o600).custom_flags(no_follow)
}

/// Keeps this process's memory out of core dumps and away from debuggers of the same user, and its files from others.
pub(crate) fn harden() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    // Both fail only where the kernel lacks them; then nothing is lost but this extra.
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    allow_many_files();
}

/// As many open files as the system lets this process have: every connection is one, and the usual limit is for programs that need few.
fn allow_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where this fails the gateway takes fewer connections at once, and no more than that.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

/// One end of a terminal's conversation with the running program.
pub(crate) type Stream = UnixStream;

/// Takes terminals' connections; the socket file goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: UnixListener,
    path: PathBuf,
}

impl Listener {
    /// Only the owner of the profile's lock may call this: a socket file that is there is stale then.
    pub(crate) fn bind(path: &Path) -> Result<Self, Error> {
        judge_length(path)?;
        let bind = || {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let socket = UnixListener::bind(path)?;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
            Ok(socket)
        };
        let socket = bind().map_err(|error| Error::file(path, &error))?;
        Ok(Self { socket, path: path.to_owned() })
    }

    /// The next connection of this very user. Others are closed without a word.
    pub(crate) async fn accept(&mut self) -> io::Result<Stream> {
        let own = rustix::process::geteuid().as_raw();
        loop {
            let (stream, _) = self.socket.accept().await?;
            if stream.peer_cred().is_ok_and(|peer| peer.uid() == own) {
                return Ok(stream);
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Gone already or not, the next owner replaces it.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Where the gateway's Unix socket is to be, if it can be there.
pub(crate) fn gateway_socket(path: PathBuf) -> Result<Option<PathBuf>, Error> {
    judge_length(&path)?;
    Ok(Some(path))
}

fn judge_length(path: &Path) -> Result<(), Error> {
    use std::os::unix::ffi::OsStrExt;

    if path.as_os_str().as_bytes().len() > SOCKET_PATH_LIMIT {
        return Err(Error::SocketPathTooLong { path: path.to_owned(), limit: SOCKET_PATH_LIMIT });
    }
    Ok(())
}

/// Reaches the running program; `None` where none runs.
pub(crate) async fn connect(path: &Path) -> Option<Stream> {
    UnixStream::connect(path).await.ok()
}
