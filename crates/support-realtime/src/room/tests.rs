use std::sync::Mutex;
use std::time::Duration;

use proptest::prelude::*;
use support_domain::entity::{Customer, Handler, TicketRecord};
use support_domain::id::{AgentId, MessageId, TicketId, UserId};
use support_domain::memory::SequentialIds;
use support_domain::time::Timestamp;
use support_domain::value::{
    Category, Description, MessageText, PersonName, Priority, SenderType, Status, Subject, Tags, TicketNumber,
};

use super::*;

/// A member who remembers what they were told. With an agent's id, they see the tickets that name them; without, all.
#[derive(Clone)]
struct Ear {
    id: SessionId,
    agent: Option<AgentId>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Ear {
    fn new(id: SessionId) -> Self {
        Self { id, agent: None, heard: Arc::default() }
    }

    fn hear(&self, broadcast: &Broadcast) {
        self.heard.lock().expect("unpoisoned").push(broadcast.text());
    }

    /// What they were told since they were asked last.
    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().expect("unpoisoned"))
    }

    /// The sequences of the messages that they were told.
    fn sequences(&self) -> Vec<i64> {
        let sequence = |text: &String| {
            let data: serde_json::Value = serde_json::from_str(text.strip_prefix("new_message ")?).ok()?;
            data["sequence"].as_i64()
        };
        self.heard.lock().expect("unpoisoned").iter().filter_map(sequence).collect()
    }
}

impl Member for Ear {
    fn id(&self) -> SessionId {
        self.id
    }

    fn may_see(&self, ticket: &Ticket) -> bool {
        self.agent.is_none_or(|agent| ticket.names(agent))
    }

    fn tell(&self, broadcast: &Broadcast) {
        self.hear(broadcast);
    }

    fn hint(&self, broadcast: &Broadcast) {
        self.hear(broadcast);
    }

    fn put_out(&self) {
        self.heard.lock().expect("unpoisoned").push("put out".to_owned());
    }
}

fn message(sequence: i64) -> Message {
    Message {
        id: MessageId::generate(&SequentialIds::default()),
        ticket_id: TicketId::generate(&SequentialIds::default()),
        sequence,
        sender_id: UserId::SYSTEM,
        sender_name: PersonName::known("System"),
        sender_type: SenderType::System,
        text: MessageText::parse("Hello").expect("a text"),
        attachments: Vec::new(),
        client_message_id: None,
        is_read: false,
        created_at: Timestamp::EPOCH,
    }
}

fn agent(number: u128) -> AgentId {
    AgentId::new(uuid::Uuid::from_u128(number))
}

/// A ticket at a version, with so many messages, handled by an agent.
fn ticket(version: i64, message_count: i64, handler: AgentId) -> Ticket {
    let customer = Customer {
        id: UserId::new(uuid::Uuid::from_u128(99)),
        name: PersonName::known("Ana"),
        email: None,
        phone: None,
    };
    Ticket::restore(TicketRecord {
        id: TicketId::generate(&SequentialIds::default()),
        number: TicketNumber::parse("TKT-2026-001").expect("a number"),
        customer,
        subject: Subject::parse("Fee").expect("a subject"),
        description: Description::parse("Why?").expect("a description"),
        category: Category::Billing,
        priority: Priority::Low,
        status: Status::InProgress,
        assigned_to: Some(Handler { id: handler, name: PersonName::known("Tara") }),
        department: None,
        escalated_to: None,
        resolution: None,
        resolved_at: None,
        resolved_by: None,
        last_message_at: None,
        message_count,
        tags: Tags::default(),
        first_response_at: None,
        waiting: false,
        version,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
    })
    .expect("consistent")
}

/// A room in which somebody is who has read the store up to a sequence.
fn room_at(upto: i64, ear: &Ear) -> Room<Ear> {
    let mut room = Room::new();
    room.enter(ear.clone(), 1);
    assert!(room.settle(ear.id, 1, upto, || ()));
    room
}

#[test]
fn messages_are_told_in_order_and_once() {
    let ear = Ear::new(1);
    let mut room = room_at(10, &ear);
    for sequence in [11, 13, 13, 9, 11] {
        room.offer(&message(sequence));
    }
    assert_eq!(ear.sequences(), [11], "12 is still missing");
    assert!(room.wants_healing() && !room.wants_healing(), "one look into the store at a time");
    room.offer(&message(12));
    assert_eq!(ear.sequences(), [11, 12, 13]);
    room.healed();
    assert!(!room.wants_healing());
}

#[test]
fn a_ticket_with_more_messages_than_were_told_shows_a_gap() {
    let ear = Ear::new(1);
    let mut room = room_at(3, &ear);
    assert!(room.learn(&ticket(5, 3, agent(1))).is_empty() && !room.has_gap());
    room.learn(&ticket(6, 4, agent(1)));
    assert!(room.has_gap());
    assert_eq!(room.position(), Some(3));
}

#[test]
fn who_enters_hears_their_answer_first_and_then_what_is_behind_it() {
    let (early, ear) = (Ear::new(1), Ear::new(2));
    let mut room = room_at(5, &early);
    room.enter(ear.clone(), 7);
    room.offer(&message(6));
    room.announce(&Arc::new(Broadcast::new("message_read", &1)));
    room.offer(&message(7));
    assert!(ear.heard().is_empty(), "nothing before the answer");
    assert!(!room.settle(2, 6, 6, || panic!("an earlier entry")), "only the last entry counts");
    assert!(room.settle(2, 7, 6, || ear.hear(&Broadcast::new("answer", &6))));
    assert_eq!(ear.sequences(), [7], "6 was in the answer");
    let heard = ear.heard();
    assert_eq!((heard[0].as_str(), heard[1].as_str(), heard.len()), ("answer 6", "message_read 1", 3));
}

#[test]
fn who_has_read_ahead_of_the_room_is_not_told_again() {
    let (early, ear) = (Ear::new(1), Ear::new(2));
    let mut room = room_at(5, &early);
    room.enter(ear.clone(), 2);
    room.settle(2, 2, 8, || ());
    assert!(room.has_gap(), "the room learns from the answer that there is more");
    for sequence in [6, 7, 8, 9] {
        room.offer(&message(sequence));
    }
    assert_eq!((early.sequences(), ear.sequences()), (vec![6, 7, 8, 9], vec![9]));
}

#[test]
fn who_may_not_see_the_ticket_any_longer_hears_nothing_more_of_it() {
    let (customer, mut former) = (Ear::new(1), Ear::new(2));
    former.agent = Some(agent(1));
    let mut room = room_at(5, &customer);
    room.enter(former.clone(), 2);
    room.settle(2, 2, 5, || ());
    assert!(room.learn(&ticket(6, 6, agent(1))).is_empty());
    let lost: Vec<SessionId> = room.learn(&ticket(8, 7, agent(2))).iter().map(Member::id).collect();
    assert_eq!(lost, [2]);
    assert!(room.learn(&ticket(7, 7, agent(1))).is_empty(), "a late event changes nothing");
    assert_eq!(room.newest().map(|ticket| ticket.version), Some(8));
    room.offer(&message(6));
    assert_eq!((customer.sequences(), former.sequences()), (vec![6], vec![]));
    room.enter(former.clone(), 9);
    assert_eq!(room.learn(&ticket(9, 7, agent(2))).len(), 1, "nor one who is entering");
    assert!(!room.settle(2, 9, 7, || panic!("they may not see it")));
}

#[test]
fn one_who_enters_and_never_gets_an_answer_is_put_out() {
    let ear = Ear::new(1);
    let mut room = Room::new();
    room.enter(ear.clone(), 1);
    let broadcast = Arc::new(Broadcast::new("message_read", &1));
    (0..MAX_HELD).for_each(|_| room.announce(&broadcast));
    assert!(ear.heard().is_empty());
    room.announce(&broadcast);
    assert_eq!(ear.heard(), ["put out"]);
}

#[test]
fn what_comes_much_too_early_is_left_to_the_store() {
    let ear = Ear::new(1);
    let mut room = room_at(0, &ear);
    let most = i64::try_from(MAX_EARLY).expect("small");
    (2..most + 100).for_each(|sequence| room.offer(&message(sequence)));
    assert_eq!(room.early.len(), MAX_EARLY);
    room.offer(&message(1));
    assert!(room.has_gap(), "the rest is known to exist");
    (most + 2..most + 100).for_each(|sequence| room.offer(&message(sequence)));
    assert_eq!(ear.sequences(), (1..most + 100).collect::<Vec<_>>());
}

#[test]
fn typing_is_told_to_the_others_when_it_begins_and_ends() {
    let (typist, other) = (Ear::new(1), Ear::new(2));
    let mut room = room_at(0, &typist);
    room.enter(other.clone(), 2);
    room.settle(2, 2, 0, || ());
    let start = Instant::now();
    let (six, nine) = (start + Duration::from_secs(6), start + Duration::from_secs(9));
    let begin = |room: &mut Room<Ear>, session, beginning, until| {
        let stopped = Arc::new(Broadcast::new("stopped", &session));
        let typist = Typist { session, beginning, stopped, until };
        room.start_typing(&Broadcast::new("started", &session), typist)
    };
    assert!(begin(&mut room, 1, 1, six));
    assert!(!begin(&mut room, 1, 2, nine), "that they still type is no news");
    assert!(!begin(&mut room, 3, 3, six), "who is not in the room does not type there");
    assert_eq!(other.heard(), ["started 1"]);
    assert_eq!(room.expire_typing(1, 1, six), Some(nine), "they went on");
    assert_eq!(room.expire_typing(1, 7, nine), None, "of another beginning");
    assert!(other.heard().is_empty());
    assert_eq!(room.expire_typing(1, 1, nine), None);
    assert_eq!(other.heard(), ["stopped 1"]);
    assert!(begin(&mut room, 1, 8, six));
    assert!(room.leave(1) && !room.leave(1));
    assert_eq!(other.heard(), ["started 1", "stopped 1"], "who leaves stops typing");
    assert!(typist.heard().is_empty(), "nobody is told of themselves");
}

/// What may happen around a room while somebody enters it.
#[derive(Clone, Debug)]
enum Step {
    /// A message is committed; its event is on its way.
    Commit,
    /// One of the events on their way arrives, and perhaps once more later.
    Arrive { which: prop::sample::Index, again: bool },
    /// One of the events on their way is lost.
    Lose(prop::sample::Index),
    /// The one who enters reads the store.
    Read,
    /// They are answered.
    Settle,
    /// They enter again, with what they hold.
    Enter,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = any::<prop::sample::Index>;
    let step = prop_oneof![
        4 => Just(Step::Commit),
        4 => (index(), any::<bool>()).prop_map(|(which, again)| Step::Arrive { which, again }),
        1 => index().prop_map(Step::Lose),
        1 => Just(Step::Read),
        1 => Just(Step::Settle),
        1 => Just(Step::Enter),
    ];
    prop::collection::vec(step, 0..60)
}

/// The store, the bus and one who enters, around a room.
struct World {
    room: Room<Ear>,
    ear: Ear,
    committed: i64,
    under_way: Vec<i64>,
    entry: u64,
    read: Option<i64>,
    /// What the client holds, in the order in which it came.
    held: Vec<i64>,
}

impl World {
    /// A world in which somebody else is in the room from the beginning, or nobody.
    fn new(is_watched: bool) -> Self {
        let mut world = Self {
            room: if is_watched { room_at(0, &Ear::new(1)) } else { Room::new() },
            ear: Ear::new(2),
            committed: 0,
            under_way: Vec::new(),
            entry: 1,
            read: None,
            held: Vec::new(),
        };
        world.step(&Step::Enter);
        world
    }

    fn take_heard(&mut self) {
        self.held.extend(self.ear.sequences());
        self.ear.heard();
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Commit => {
                self.committed += 1;
                self.under_way.push(self.committed);
            }
            Step::Arrive { which, again } if !self.under_way.is_empty() => {
                let at = which.index(self.under_way.len());
                let sequence = if *again { self.under_way[at] } else { self.under_way.swap_remove(at) };
                self.room.offer(&message(sequence));
            }
            Step::Lose(which) if !self.under_way.is_empty() => {
                self.under_way.swap_remove(which.index(self.under_way.len()));
            }
            Step::Read => self.read = Some(self.committed),
            Step::Settle => {
                if let Some(upto) = self.read.take() {
                    let after = self.held.last().copied().unwrap_or(0);
                    let held = &mut self.held;
                    self.room.settle(2, self.entry, upto, || held.extend(after + 1..=upto));
                }
            }
            Step::Enter => {
                self.take_heard();
                self.entry += 1;
                self.read = None;
                self.room.enter(self.ear.clone(), self.entry);
            }
            Step::Arrive { .. } | Step::Lose(_) => {}
        }
        self.take_heard();
    }

    /// Everything still under way arrives, the client is answered, and the gap, if there is one, is healed.
    fn finish(&mut self) {
        if self.read.is_none() {
            self.step(&Step::Read);
        }
        self.step(&Step::Settle);
        for sequence in std::mem::take(&mut self.under_way) {
            self.room.offer(&message(sequence));
        }
        let position = self.room.position().expect("somebody has read");
        (position + 1..=self.committed).for_each(|sequence| self.room.offer(&message(sequence)));
        self.take_heard();
    }
}

proptest! {
    /// The promise of `contract.md` section 4: whatever is late, repeated or lost, and whenever somebody enters, they end
    /// up with every message, once, in order.
    #[test]
    fn nothing_is_missed_and_nothing_repeated(is_watched in any::<bool>(), steps in steps()) {
        let mut world = World::new(is_watched);
        for step in &steps {
            world.step(step);
            let expected: Vec<i64> = (1..).take(world.held.len()).collect();
            prop_assert_eq!(&world.held, &expected);
        }
        world.finish();
        prop_assert_eq!(world.held, (1..=world.committed).collect::<Vec<_>>());
    }
}
