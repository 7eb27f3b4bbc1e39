//! The example `service_sync` leaves no session behind.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "written as a user would write it"
)]

#[path = "../examples/service_sync/clients.rs"]
mod clients;
#[path = "../examples/service_sync/rooms.rs"]
mod rooms;
#[path = "../examples/service_sync/server.rs"]
mod server;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gcycle::sync::{Gc, gc};
use tokio::net::TcpListener;

use clients::Clients;
use rooms::{Census, Directory};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_sessions_of_games_that_are_over_are_collected() {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (directory, census) = (Gc::new(Directory::default()), Census::default());
    let serving = tokio::spawn(server::serve(listener, directory.clone(), census.clone()));
    let clients = Arc::<Clients>::default();
    let tables: Vec<_> = (0..4).map(|_| tokio::spawn(clients.clone().play(address))).collect();
    while clients.games() < 100 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    clients.is_over.store(true, Ordering::Relaxed);
    for table in tables {
        table.await.unwrap().unwrap();
    }
    serving.abort();
    assert_eq!(directory.len(), 0);
    // The tasks of the last connections end a moment later.
    for _ in 0..2000 {
        gc::collect();
        if census.sessions() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{} sessions are left", census.sessions());
}
