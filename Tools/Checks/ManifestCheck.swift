/// Holds the root manifest, which repeats every target of every package, against the packages' own manifests.
struct ManifestCheck {
    let root: Manifest
    let packages: [Manifest]

    func findings() -> [Finding] {
        packages.flatMap { package in
            naming(of: package) + targets(of: package) + products(of: package) + settings(of: package)
                + siblings(of: package)
        } + strayTargets()
    }

    private func naming(of package: Manifest) -> [Finding] {
        let folder = package.path.split(separator: "/").dropLast().last.map(String.init) ?? ""
        return package.name == folder ? [] : [Finding(package.path, "is named \(package.name), not \(folder)")]
    }

    private func targets(of package: Manifest) -> [Finding] {
        package.targets.flatMap { nested -> [Finding] in
            guard let listed = root.targets.first(where: { $0.name == nested.name }) else {
                return [Finding(root.path, "lacks target \(nested.name) of \(package.path)")]
            }
            var findings: [Finding] = []
            let expectedPath = package.path.dropLast("Package.swift".count) + nested.path
            if listed.path != expectedPath {
                findings.append(Finding(root.path, "\(nested.name) lies at \(listed.path), not \(expectedPath)"))
            }
            for name in listed.dependencies.symmetricDifference(nested.dependencies).sorted() {
                let (has, lacks) = listed.dependencies.contains(name) ? (root, package) : (package, root)
                findings.append(Finding(lacks.path, "\(nested.name) does not name \(name), in \(has.path) it does"))
            }
            for key in Set(listed.fields.keys).union(nested.fields.keys).sorted()
            where listed.fields[key] != nested.fields[key] {
                let (one, other) = (listed.fields[key] ?? "nothing", nested.fields[key] ?? "nothing")
                findings.append(Finding(package.path, "\(nested.name): \(key) is \(other), at the root \(one)"))
            }
            return findings
        }
    }

    private func products(of package: Manifest) -> [Finding] {
        let missing = package.products.compactMap { name, product -> Finding? in
            guard let listed = root.products[name] else {
                return Finding(root.path, "lacks product \(name) of \(package.path)")
            }
            let equal = listed["targets"] as? [String] == product["targets"] as? [String]
            return equal ? nil : Finding(package.path, "product \(name) has other targets than at the root")
        }
        let unoffered = package.products[package.name] == nil
        return missing + (unoffered ? [Finding(package.path, "offers no product named \(package.name)")] : [])
    }

    private func settings(of package: Manifest) -> [Finding] {
        let hasCPlusPlus = package.settings["cxxLanguageStandard"] != "null"
        let differing = package.settings.keys.sorted().filter { key in
            (key != "cxxLanguageStandard" || hasCPlusPlus) && package.settings[key] != root.settings[key]
        }
        return differing.map { Finding(package.path, "\($0) differs from the root's") }
            + package.requirements.filter { root.requirements[$0.key] != $0.value }
            .map { Finding(package.path, "\($0.key) is wanted in \($0.value), at the root not so") }
    }

    /// A package names the folders it depends on and no others.
    private func siblings(of package: Manifest) -> [Finding] {
        let used = Set(package.targets.flatMap(\.dependencies)).intersection(packages.map(\.name))
        return package.siblings.subtracting(used).sorted().map {
            Finding(package.path, "depends on package \($0), which no target uses")
        }
    }

    private func strayTargets() -> [Finding] {
        let nested = Set(packages.flatMap(\.targets).map(\.name))
        let offered = Set(packages.flatMap(\.products.keys))
        return root.targets.filter { $0.path.hasPrefix("Packages/") && !nested.contains($0.name) }
            .map { Finding(root.path, "lists target \($0.name), which no package has") }
            + root.products.keys.filter { !offered.contains($0) }.sorted()
            .map { Finding(root.path, "offers product \($0), which no package has") }
    }
}
