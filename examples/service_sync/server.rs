//! The server: a task for each connection, on any of the threads.

use std::io;

use gcycle::sync::Gc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::rooms::{Census, Directory, Session};

/// Serves connections for ever.
pub(crate) async fn serve(listener: TcpListener, directory: Gc<Directory>, census: Census) {
    while let Ok((stream, _)) = listener.accept().await {
        let (directory, census) = (directory.clone(), census.clone());
        // A connection that breaks off is over, and nobody else minds.
        tokio::spawn(async move { converse(stream, directory, census).await.ok() });
    }
}

/// Serves one connection: `name`, and then commands.
async fn converse(stream: TcpStream, directory: Gc<Directory>, census: Census) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let Some(name) = lines.next_line().await? else { return Ok(()) };
    let (outbox, lines_out) = unbounded_channel();
    let session = Session::new(name, outbox, &census);
    let writing = tokio::spawn(write(writer, lines_out));
    // The session lives across each `.await`, and on whichever thread the task goes on.
    while let Some(line) = lines.next_line().await? {
        obey(&session, &directory, &line);
    }
    // The others in the room may still have the session, and so has the room.
    writing.abort();
    Ok(())
}

/// Does what a line asks for.
fn obey(session: &Gc<Session>, directory: &Directory, line: &str) {
    let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
    match (command, session.room()) {
        ("join", _) => Session::join(session, &directory.room(rest)),
        ("close", _) => directory.close(rest),
        ("listen", Some(room)) => Session::listen(session, &room, rest),
        ("say", Some(room)) => room.say(session, rest),
        _ => session.tell(format!("not understood: {line}")),
    }
}

/// Writes what a session is told.
async fn write(mut writer: OwnedWriteHalf, mut lines: UnboundedReceiver<String>) -> io::Result<()> {
    while let Some(line) = lines.recv().await {
        writer.write_all(line.as_bytes()).await?;
        writer.write_all(b"\n").await?;
    }
    Ok(())
}
