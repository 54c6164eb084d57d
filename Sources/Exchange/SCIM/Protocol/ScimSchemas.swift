/// What the platform keeps of RFC 7643's User, EnterpriseUser and Group. Passwords and certificates are not part of it:
/// how somebody signs in is the platform's own matter.
extension ScimSchema {
    static let user = ScimSchema(
        id: "urn:ietf:params:scim:schemas:core:2.0:User", name: "User", description: "教职工",
        attributes: [
            ScimAttribute(
                name: "userName", isRequired: true, isUnique: true,
                description: "Unique name of the person with the system that entered her."),
            .complex(
                "name", "The parts of the name.",
                [
                    .text("formatted", "The full name."), .text("familyName", "姓"), .text("givenName", "名"),
                    .text("middleName", "Middle name."), .text("honorificPrefix", "Title before the name."),
                    .text("honorificSuffix", "Title after the name."),
                ]),
            .text("displayName", "姓名"), .text("nickName", "How she is called."),
            ScimAttribute(
                name: "profileUrl", kind: .reference, referenceTypes: ["external"], description: "Her own page."),
            .text("title", "岗位"), .text("userType", "Relation to the organisation."),
            .text("preferredLanguage", "Language for pages, such as zh-CN."), .text("locale", "Locale."),
            .text("timezone", "Time zone, such as Asia/Shanghai."),
            ScimAttribute(name: "active", kind: .boolean, description: "Whether she may use her account."),
            .plural("emails", "E-mail addresses.", types: ["work", "home", "other"]),
            .plural("phoneNumbers", "Phone numbers.", types: ["work", "home", "mobile", "fax", "pager", "other"]),
            .plural("ims", "Instant messaging.", types: ["qq", "xmpp", "other"]),
            .plural(
                "photos", "Addresses of pictures.", types: ["photo", "thumbnail"],
                value: ScimAttribute(
                    name: "value", kind: .reference, isCaseExact: true, referenceTypes: ["external"],
                    description: "Address of the picture.")),
            ScimAttribute(
                name: "addresses", kind: .complex, isPlural: true, description: "Postal addresses.",
                parts: [
                    .text("formatted", "The whole address."), .text("streetAddress", "Street and number."),
                    .text("locality", "City or county."), .text("region", "Province."),
                    .text("postalCode", "Postal code."), .text("country", "Country, ISO 3166-1."),
                    ScimAttribute(
                        name: "type", canonicalValues: ["work", "home", "other"], description: "What it is for."),
                    ScimAttribute(name: "primary", kind: .boolean, description: "Whether it is the preferred one."),
                ]),
            ScimAttribute(
                name: "groups", kind: .complex, isPlural: true, mutability: .readOnly,
                description: "Groups she belongs to.",
                parts: [
                    ScimAttribute(
                        name: "value", isCaseExact: true, mutability: .readOnly, description: "Id of the group."),
                    ScimAttribute(
                        name: "$ref", kind: .reference, isCaseExact: true, mutability: .readOnly,
                        referenceTypes: ["Group"], description: "Address of the group."),
                    ScimAttribute(name: "display", mutability: .readOnly, description: "Name of the group."),
                    ScimAttribute(
                        name: "type", mutability: .readOnly, canonicalValues: ["direct"],
                        description: "How she belongs to it."),
                ]),
            .plural("entitlements", "Entitlements with the system that entered her."),
            .plural("roles", "Roles with the system that entered her."),
        ])

    static let enterpriseUser = ScimSchema(
        id: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", name: "EnterpriseUser",
        description: "任职",
        attributes: [
            .text("employeeNumber", "工号"), .text("costCenter", "Cost centre."),
            .text("organization", "单位: the name or code of an organisation that the caller serves."),
            .text("division", "Division."), .text("department", "Department."),
            .complex(
                "manager", "Her superior.",
                [
                    ScimAttribute(name: "value", isCaseExact: true, description: "Id of the superior."),
                    ScimAttribute(
                        name: "$ref", kind: .reference, isCaseExact: true, referenceTypes: ["User"],
                        description: "Address of the superior."),
                    ScimAttribute(name: "displayName", mutability: .readOnly, description: "Name of the superior."),
                ]),
        ])

    static let group = ScimSchema(
        id: "urn:ietf:params:scim:schemas:core:2.0:Group", name: "Group", description: "单位、班级和对方自建的组",
        attributes: [
            ScimAttribute(name: "displayName", isRequired: true, description: "Name of the group."),
            ScimAttribute(
                name: "members", kind: .complex, isPlural: true, description: "Who belongs to it.",
                parts: [
                    ScimAttribute(
                        name: "value", isCaseExact: true, mutability: .immutable, description: "Id of the member."),
                    ScimAttribute(
                        name: "$ref", kind: .reference, isCaseExact: true, mutability: .immutable,
                        referenceTypes: ["User", "Group"], description: "Address of the member."),
                    ScimAttribute(
                        name: "type", mutability: .immutable, canonicalValues: ["User", "Group"],
                        description: "What the member is."),
                ]),
        ])

    static let all = [ScimSchema.user, .enterpriseUser, .group]
}

extension ScimType {
    static let user = ScimType(
        name: "User", endpoint: "/Users", description: "教职工", schema: .user, extended: .enterpriseUser)
    static let group = ScimType(name: "Group", endpoint: "/Groups", description: "组", schema: .group, extended: nil)
}
