//! Clients that play one game after the other: four meet in a new room, listen and talk, and leave.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// How many play a game.
const PLAYERS: usize = 4;
/// How often each of them says something.
const TURNS: usize = 5;

/// What all clients know.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    /// Whether no more games begin.
    pub(crate) is_over: AtomicBool,
    /// How many games were begun.
    begun: AtomicU64,
    /// How many games were played to the end.
    games: AtomicU64,
}

impl Clients {
    /// How many games were played to the end.
    pub(crate) fn games(&self) -> u64 {
        self.games.load(Ordering::Relaxed)
    }

    /// Plays one game after the other.
    pub(crate) async fn play(self: Arc<Clients>, server: SocketAddr) -> io::Result<()> {
        while !self.is_over.load(Ordering::Relaxed) {
            let room = format!("room{}", self.begun.fetch_add(1, Ordering::Relaxed));
            play_once(server, &room).await?;
            self.games.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// One game. Each player waits for what it said itself, so that the server has heard it.
async fn play_once(server: SocketAddr, room: &str) -> io::Result<()> {
    let mut players = Vec::new();
    for player in 0..PLAYERS {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        let hello = format!("player{player}\njoin {room}\nlisten stop\n");
        stream.write_all(hello.as_bytes()).await?;
        players.push(stream);
    }
    for turn in 0..TURNS {
        for (player, stream) in players.iter_mut().enumerate() {
            let text = if turn + 1 == TURNS { "stop" } else { "go on" };
            stream.write_all(format!("say {text} {turn}\n").as_bytes()).await?;
            wait_for(stream, &format!("player{player}: {text} {turn}")).await?;
        }
    }
    players[0].write_all(format!("close {room}\nwhat\n").as_bytes()).await?;
    wait_for(&mut players[0], "not understood: what").await
}

async fn wait_for(stream: &mut BufReader<TcpStream>, text: &str) -> io::Result<()> {
    let mut line = String::new();
    while line.trim_end() != text {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}
