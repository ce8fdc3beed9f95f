// Who lives here, as /_sandbox/state tells it: people by place, groups by member.
export class Town {
  constructor({ people, groups }) {
    this.people = new Map(people.map((one) => [one.userId, one]));
    this.groups = groups;
  }

  person(userId) {
    return this.people.get(userId);
  }

  peopleByPlace() {
    const places = new Map();
    for (const one of this.people.values()) {
      const place = one.village ?? "";
      if (!places.has(place)) places.set(place, []);
      places.get(place).push({ ...one, label: one.title ? `${one.name} · ${one.title}` : one.name });
    }
    return places;
  }

  groupsOf(userId) {
    return this.groups.filter((one) => one.members.includes(userId))
      .map((one) => ({ id: one.openConversationId, name: one.title, kind: "group" }));
  }
}
