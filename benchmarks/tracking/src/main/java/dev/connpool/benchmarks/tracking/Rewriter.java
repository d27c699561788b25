package dev.connpool.benchmarks.tracking;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Takes members out of classes.
 */
final class Rewriter {

	private Rewriter() {
	}

	/**
	 * Rewrite all classes that the removals name.
	 * @param loader where the classes are found
	 * @param removals what is taken out
	 * @return the rewritten classes by name
	 * @throws IllegalStateException if something is not there to be taken out
	 */
	static Map<String, byte[]> rewrite(ClassLoader loader, List<Removal> removals) {
		return removals.stream()
			.collect(Collectors.groupingBy(Removal::type))
			.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey,
					(removed) -> rewrite(loader, removed.getKey(), removed.getValue())));
	}

	private static byte[] rewrite(ClassLoader loader, String name, List<Removal> removals) {
		ClassNode type = new ClassNode();
		new ClassReader(read(loader, name)).accept(type, 0);
		for (Removal removal : removals) {
			boolean found = switch (removal.kind()) {
				case METHOD -> type.methods.removeIf((method) -> isMeant(method, removal));
				case BODY -> replaceBody(type, removal, Rewriter::nothing);
				case ARGUMENT -> replaceBody(type, removal, (method) -> argument());
				case CLOCK -> stopClock(type, removal);
				case FIELD -> removeField(type, removal);
			};
			if (!found) {
				throw new IllegalStateException(
						"There is no %s.%s any more: Tracking has to follow what has become of it".formatted(name,
								removal.member()));
			}
		}
		ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
		type.accept(writer);
		return writer.toByteArray();
	}

	static byte[] read(ClassLoader loader, String name) {
		try (InputStream stream = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
			if (stream == null) {
				throw new IllegalStateException("There is no class %s any more".formatted(name));
			}
			return stream.readAllBytes();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isMeant(MethodNode method, Removal removal) {
		return method.name.equals(removal.member()) && (method.access & Opcodes.ACC_SYNTHETIC) == 0;
	}

	private static boolean replaceBody(ClassNode type, Removal removal, Function<MethodNode, InsnList> body) {
		List<MethodNode> meant = type.methods.stream().filter((method) -> isMeant(method, removal)).toList();
		for (MethodNode method : meant) {
			method.instructions = body.apply(method);
			method.tryCatchBlocks.clear();
			method.localVariables = null;
		}
		return !meant.isEmpty();
	}

	private static InsnList nothing(MethodNode method) {
		Type result = Type.getReturnType(method.desc);
		InsnList body = new InsnList();
		if (result != Type.VOID_TYPE) {
			body.add(zero(result));
		}
		body.add(new InsnNode(result.getOpcode(Opcodes.IRETURN)));
		return body;
	}

	private static InsnList argument() {
		InsnList body = new InsnList();
		body.add(new VarInsnNode(Opcodes.ALOAD, 1));
		body.add(new InsnNode(Opcodes.ARETURN));
		return body;
	}

	private static boolean stopClock(ClassNode type, Removal removal) {
		boolean found = false;
		for (MethodNode method : type.methods) {
			for (AbstractInsnNode instruction : method.instructions.toArray()) {
				if (isMeant(method, removal) && instruction instanceof MethodInsnNode call
						&& call.name.equals("nanoTime")) {
					method.instructions.set(call, new InsnNode(Opcodes.LCONST_0));
					found = true;
				}
			}
		}
		return found;
	}

	private static boolean removeField(ClassNode type, Removal removal) {
		for (MethodNode method : type.methods) {
			for (AbstractInsnNode instruction : method.instructions.toArray()) {
				if (instruction instanceof FieldInsnNode access && access.owner.equals(type.name)
						&& access.name.equals(removal.member())) {
					method.instructions.insert(access, instead(access));
					method.instructions.remove(access);
				}
			}
		}
		return type.fields.removeIf((field) -> field.name.equals(removal.member()));
	}

	private static InsnList instead(FieldInsnNode access) {
		Type type = Type.getType(access.desc);
		List<InsnNode> instructions = new ArrayList<>();
		switch (access.getOpcode()) {
			case Opcodes.GETFIELD -> {
				instructions.add(new InsnNode(Opcodes.POP));
				instructions.add(zero(type));
			}
			case Opcodes.PUTFIELD -> {
				instructions.add(new InsnNode((type.getSize() == 2) ? Opcodes.POP2 : Opcodes.POP));
				instructions.add(new InsnNode(Opcodes.POP));
			}
			default -> throw new IllegalStateException("%s is static".formatted(access.name));
		}
		InsnList list = new InsnList();
		instructions.forEach(list::add);
		return list;
	}

	private static InsnNode zero(Type type) {
		return new InsnNode(switch (type.getSort()) {
			case Type.OBJECT, Type.ARRAY -> Opcodes.ACONST_NULL;
			case Type.LONG -> Opcodes.LCONST_0;
			case Type.FLOAT -> Opcodes.FCONST_0;
			case Type.DOUBLE -> Opcodes.DCONST_0;
			default -> Opcodes.ICONST_0;
		});
	}

}
