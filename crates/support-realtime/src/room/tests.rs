use std::sync::Mutex;
use std::time::Duration;

use proptest::prelude::*;
use support_domain::entity::{Customer, Handler, NewTicket, TicketRecord};
use support_domain::id::{AgentId, MessageId, TicketId, UserId};
use support_domain::memory::SequentialIds;
use support_domain::time::Timestamp;
use support_domain::value::{
    Category, Description, MessageText, PersonName, Priority, SenderType, Status, Subject, Tags, TicketNumber,
};

use super::*;

/// A member who remembers what they were told. With an agent's id, they see the tickets that name them;
/// without, all.
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
    let new = NewTicket {
        id: TicketId::generate(&SequentialIds::default()),
        number: TicketNumber::parse("TKT-2026-001").expect("a number"),
        customer,
        subject: Subject::parse("Fee").expect("a subject"),
        description: Description::parse("Why?").expect("a description"),
        category: Category::Billing,
        priority: Priority::Low,
        department: None,
        tags: Tags::default(),
        waiting: false,
    };
    Ticket::restore(TicketRecord {
        status: Status::InProgress,
        assigned_to: Some(Handler { id: handler, name: PersonName::known("Tara") }),
        message_count,
        version,
        ..Ticket::open(new, Timestamp::EPOCH).into_record()
    })
    .expect("consistent")
}

/// A room in which somebody is who has read the store up to a sequence.
fn room_at(upto: i64, ear: &Ear) -> Room<Ear> {
    let mut room = Room::new();
    room.enter(ear.clone(), 1);
    assert_eq!(room.complete_entry(ear.id, 1, upto, || ()), EntryOutcome::Present);
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
    let earlier = room.complete_entry(2, 6, 6, || panic!("only the last entry counts"));
    assert_eq!(earlier, EntryOutcome::Lost);
    let outcome = room.complete_entry(2, 7, 6, || ear.hear(&Broadcast::new("answer", &6)));
    assert_eq!(outcome, EntryOutcome::Present);
    assert_eq!(ear.sequences(), [7], "6 was in the answer");
    let heard = ear.heard();
    assert_eq!((heard[0].as_str(), heard[1].as_str(), heard.len()), ("answer 6", "message_read 1", 3));
}

#[test]
fn who_has_read_ahead_of_the_room_is_not_told_again() {
    let (early, ear) = (Ear::new(1), Ear::new(2));
    let mut room = room_at(5, &early);
    room.enter(ear.clone(), 2);
    room.complete_entry(2, 2, 8, || ());
    assert!(room.has_gap(), "the room learns from the answer that there is more");
    for sequence in [6, 7, 8, 9] {
        room.offer(&message(sequence));
    }
    assert_eq!((early.sequences(), ear.sequences()), (vec![6, 7, 8, 9], vec![9]));
}

#[test]
fn of_two_who_enter_a_new_room_the_one_who_read_less_reads_again() {
    let (one, other) = (Ear::new(1), Ear::new(2));
    let mut room = Room::new();
    room.enter(one.clone(), 1);
    room.enter(other.clone(), 2);
    room.offer(&message(3));
    assert_eq!(room.complete_entry(1, 1, 3, || ()), EntryOutcome::Present);
    assert_eq!(room.complete_entry(2, 2, 2, || panic!("3 would be missing")), EntryOutcome::ReadAgain);
    room.offer(&message(4));
    assert_eq!(room.complete_entry(2, 2, 2, || panic!("3 would be missing")), EntryOutcome::ReadAgain);
    assert_eq!(room.complete_entry(2, 2, 3, || ()), EntryOutcome::Present);
    assert_eq!((one.sequences(), other.sequences()), (vec![4], vec![4]));
}

#[test]
fn who_may_not_see_the_ticket_any_longer_hears_nothing_more_of_it() {
    let (customer, mut former) = (Ear::new(1), Ear::new(2));
    former.agent = Some(agent(1));
    let mut room = room_at(5, &customer);
    room.enter(former.clone(), 2);
    room.complete_entry(2, 2, 5, || ());
    assert!(room.learn(&ticket(6, 6, agent(1))).is_empty());
    let lost: Vec<SessionId> = room.learn(&ticket(8, 7, agent(2))).iter().map(Member::id).collect();
    assert_eq!(lost, [2]);
    assert!(room.learn(&ticket(7, 7, agent(1))).is_empty(), "a late event changes nothing");
    assert_eq!(room.newest().map(|ticket| ticket.version), Some(8));
    room.offer(&message(6));
    assert_eq!((customer.sequences(), former.sequences()), (vec![6], vec![]));
    room.enter(former.clone(), 9);
    assert_eq!(room.learn(&ticket(9, 7, agent(2))).len(), 1, "nor one who is entering");
    assert_eq!(room.complete_entry(2, 9, 7, || panic!("they may not see it")), EntryOutcome::Lost);
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
    room.complete_entry(2, 2, 0, || ());
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

/// How many there are who come and go.
const VISITORS: usize = 3;

/// What may happen around a room while people enter it.
#[derive(Clone, Debug)]
enum Step {
    /// A message is committed; its event is on its way.
    Commit,
    /// One of the events on their way arrives, and perhaps once more later.
    Arrive { which: prop::sample::Index, again: bool },
    /// One of the events on their way is lost.
    Lose(prop::sample::Index),
    /// Somebody who enters reads the store.
    Read(usize),
    /// They are answered, if they have read.
    Complete(usize),
    /// Somebody enters, perhaps again, with what they hold.
    Enter(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = any::<prop::sample::Index>;
    let step = prop_oneof![
        4 => Just(Step::Commit),
        4 => (index(), any::<bool>()).prop_map(|(which, again)| Step::Arrive { which, again }),
        1 => index().prop_map(Step::Lose),
        3 => (0..VISITORS).prop_map(Step::Read),
        3 => (0..VISITORS).prop_map(Step::Complete),
        3 => (0..VISITORS).prop_map(Step::Enter),
    ];
    prop::collection::vec(step, 0..80)
}

/// Somebody who comes and goes.
struct Visitor {
    ear: Ear,
    entry: u64,
    /// Up to where they have read the store since they entered.
    read: Option<i64>,
    /// What they hold, in the order in which it came.
    held: Vec<i64>,
}

impl Visitor {
    fn take_heard(&mut self) {
        self.held.extend(self.ear.sequences());
        self.ear.heard();
    }
}

/// The store, the bus and visitors, around a room.
struct World {
    room: Room<Ear>,
    visitors: Vec<Visitor>,
    committed: i64,
    under_way: Vec<i64>,
    entries: u64,
}

impl World {
    fn new() -> Self {
        let visitor = |id| Visitor { ear: Ear::new(id), entry: 0, read: None, held: Vec::new() };
        let visitors = (1..).take(VISITORS).map(visitor).collect();
        Self { room: Room::new(), visitors, committed: 0, under_way: Vec::new(), entries: 0 }
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
            Step::Arrive { .. } | Step::Lose(_) => {}
            Step::Read(who) => self.visitors[*who].read = Some(self.committed),
            Step::Complete(who) => self.complete_entry(*who),
            Step::Enter(who) => {
                self.entries += 1;
                let visitor = &mut self.visitors[*who];
                visitor.take_heard();
                (visitor.entry, visitor.read) = (self.entries, None);
                self.room.enter(visitor.ear.clone(), self.entries);
            }
        }
        self.visitors.iter_mut().for_each(Visitor::take_heard);
    }

    /// Answers a visitor as `join_ticket_room` does.
    fn complete_entry(&mut self, who: usize) {
        let visitor = &mut self.visitors[who];
        let Some(upto) = visitor.read.take() else { return };
        let after = visitor.held.last().copied().unwrap_or(0);
        let (room, held) = (&mut self.room, &mut visitor.held);
        let mut complete =
            |upto| room.complete_entry(visitor.ear.id, visitor.entry, upto, || held.extend(after + 1..=upto));
        if complete(upto) == EntryOutcome::ReadAgain {
            assert_ne!(complete(self.committed), EntryOutcome::ReadAgain, "the second time it suffices");
        }
    }

    /// Everybody enters who is not there, everything still under way arrives, and the gap, if there is one,
    /// is healed.
    fn finish(&mut self) {
        for who in 0..VISITORS {
            if self.visitors[who].entry == 0 {
                self.step(&Step::Enter(who));
            }
            self.step(&Step::Read(who));
            self.step(&Step::Complete(who));
        }
        for sequence in std::mem::take(&mut self.under_way) {
            self.room.offer(&message(sequence));
        }
        let position = self.room.position().expect("somebody has read");
        (position + 1..=self.committed).for_each(|sequence| self.room.offer(&message(sequence)));
        self.visitors.iter_mut().for_each(Visitor::take_heard);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// The promise of `docs/contract.md`, section 4.4: whatever is late, repeated or lost, and whenever
    /// people enter, they end up with every message, once, in order.
    #[test]
    fn nothing_is_missed_and_nothing_repeated(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
            for visitor in &world.visitors {
                let expected: Vec<i64> = (1..).take(visitor.held.len()).collect();
                prop_assert_eq!(&visitor.held, &expected);
            }
        }
        world.finish();
        for visitor in &world.visitors {
            prop_assert_eq!(&visitor.held, &(1..=world.committed).collect::<Vec<_>>());
        }
    }
}
